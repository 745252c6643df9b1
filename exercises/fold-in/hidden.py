"""What the grader tries of `fold_in` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.notebook import renamed
from exercises.kit.ranking import halves_model

from .check import check_case


@hidden("fold-in")
def other_people(answer, solution, draw, reference):
    """A model of the session's size and a small one, with a weight that nobody can foresee."""
    l2 = draw.uniform(0.2, 2)
    with renamed(answer, l2=l2):
        for nb_items, latent in [(300, 16), (draw.randint(15, 25), draw.randint(2, 8))]:
            count = draw.randint(6, 14)
            ratings = torch.randint(1, 6, (count,)).float()
            check_case(answer, halves_model(3, nb_items, latent), torch.randperm(nb_items)[:count], ratings, l2)
