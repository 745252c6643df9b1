"""What the grader tries of `bpr_loss` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import BATCH, compare, shuffled

from .check import check_case


@hidden("bpr-loss")
def other_pairs(answer, solution, draw, reference):
    """Batches as large as the session's, and small ones; differences of any size, and none."""
    size, few = draw.randint(1_900, BATCH), draw.randint(41, 90)
    alike = torch.randn(draw.randint(500, BATCH))
    cases = [torch.randn(2, size), torch.randn(2, few) * 10 ** (4 * torch.rand(few) - 1), torch.stack([alike, alike])]
    for pairs in shuffled(draw, cases):
        compare(answer, solution, [*pairs], draw)
    check_case(answer, *(200 * torch.rand(2, few) - 100))
    check_case(answer, *(draw.choice([0.1, 5.0]) * torch.randn(2, draw.randint(2, 6))))
