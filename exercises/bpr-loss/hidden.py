"""What the grader tries of `bpr_loss` besides its check."""

import torch

from exercises.hidden import hidden

from .check import check_case


@hidden("bpr-loss")
def other_pairs(answer, solution, draw, reference):
    """A batch of the session's size, one of differences up to 200, and a small one."""
    check_case(answer, *torch.randn(2, draw.randint(500, 2_000)))
    size = draw.randint(41, 90)
    check_case(answer, 100 * (2 * torch.rand(size) - 1), 100 * (2 * torch.rand(size) - 1))
    check_case(answer, *(draw.choice([0.1, 5.0]) * torch.randn(2, draw.randint(2, 6))))
