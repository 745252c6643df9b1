"""What the grader tries of `recommend` besides its check."""

import torch

from exercises.hidden import hidden

from .check import check_case, draw_seen


@hidden("recommend")
def other_lists(answer, solution, draw, reference):
    """As many users and items as a session has, and few; scores of any size."""
    for nb_users, nb_items in [
        (draw.randint(20, 60), draw.randint(200, 400)),
        (draw.randint(6, 9), draw.randint(14, 20)),
    ]:
        top_k = draw.choice([4, 7, 10, 12])
        scores = 10 ** draw.uniform(-3, 8) * (torch.randn(nb_users, nb_items) + draw.choice([-5, 0, 5]))
        check_case(answer, scores, draw_seen(nb_users, nb_items, top_k), top_k)
