"""What the grader tries of `fold_in` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import ITEMS, LATENT, shuffled
from exercises.kit.notebook import renamed
from exercises.kit.ranking import halves_model

from .check import check_case


@hidden("fold-in")
def other_people(answer, solution, draw, reference):
    """Models and lists as large as a session's, and small ones, with a weight that nobody can foresee.

    Two models are asked about the same ratings. Some ratings are no whole stars.
    """
    l2 = draw.uniform(0.2, 2)
    sizes = [
        (draw.randint(1_400, ITEMS), 16, draw.randint(140, 300)),
        (draw.randint(300, ITEMS), draw.randint(17, LATENT), draw.randint(21, 60)),
        (draw.randint(15, 25), draw.randint(2, 8), draw.randint(6, 14)),
    ]
    with renamed(answer, l2=l2):
        for nb_items, latent, count in shuffled(draw, sizes):
            items, ratings = torch.randperm(nb_items)[:count], torch.randint(2, 11, (count,)) / 2
            for training in shuffled(draw, [True, False]):
                check_case(answer, halves_model(3, nb_items, latent).train(training), items, ratings, l2)
