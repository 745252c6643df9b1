"""What the grader tries of `loss_func` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import compare, random_size, shuffled

MANY_WORDS = 10_240, 12_000  # as many as the session's largest batch of pieces has, 5 of each review, and more


@hidden("negative-sampling-loss")
def word_losses(answer, solution, draw, reference):
    """The log sigmoids of a few words, of a batch of pieces, and of many words."""
    sizes = [random_size(draw), draw.randint(41, 90), draw.randint(200, 3_000), draw.randint(*MANY_WORDS)]
    for size in shuffled(draw, sizes):
        close, far = -1.4 * torch.rand(2, size) - 0.01
        compare(answer, solution, (close, far + draw.choice([0.0, -3.0])), draw)
