"""What the grader tries of `row_dot` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import compare, random_size


@hidden("row-dot")
def row_dots(answer, solution, draw, reference):
    """Two matrices of random shape."""
    compare(answer, solution, *torch.randn(2, random_size(draw), random_size(draw)).unbind())
