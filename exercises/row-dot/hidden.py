"""What the grader tries of `row_dot` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import BATCH, LATENT, compare, random_size, shuffled


@hidden("row-dot")
def row_dots(answer, solution, draw, reference):
    """Pairs of matrices as the session has them, wide and narrow, one of them of a single row."""
    shapes = [(draw.randint(1_950, BATCH), draw.randint(33, LATENT)), (draw.randint(65, 1_500), draw.randint(17, 50))]
    shapes += [(draw.randint(100, BATCH), 1), (1, draw.randint(2, LATENT)), (random_size(draw), random_size(draw))]
    for rows, columns in shuffled(draw, shapes):
        compare(answer, solution, (torch.randn(2, rows, columns) * draw.choice([0.1, 1.0])).unbind(), draw)
