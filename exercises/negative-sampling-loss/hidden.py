"""What the grader tries of `loss_func` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import compare


@hidden("negative-sampling-loss")
def word_losses(answer, solution, draw, reference):
    """The log sigmoids of a random number of words."""
    compare(answer, solution, *(-3 * torch.rand(2, draw.randint(41, 90))).unbind())
