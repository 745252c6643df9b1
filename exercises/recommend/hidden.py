"""What the grader tries of `recommend` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import ITEMS, USERS, shuffled

from .check import check_ids, draw_seen, recommended


@hidden("recommend")
def other_lists(answer, solution, draw, reference):
    """As many users as a session has, and as many items; short lists and long ones; scores of any size."""
    most = draw.randint(1_400, ITEMS)
    sizes = [
        (draw.randint(4_500, USERS), draw.randint(20, 40), draw.randint(1, 10)),
        (draw.randint(6, 12), most, draw.randint(most // 2, most)),
        (draw.randint(20, 60), draw.randint(200, 400), draw.choice([4, 7, 10, 12])),
        (draw.randint(6, 9), draw.randint(14, 20), draw.choice([4, 7, 10, 12])),
    ]
    for nb_users, nb_items, top_k in shuffled(draw, sizes):
        dtype = draw.choice([torch.float32, torch.float64])
        scores = 10 ** draw.uniform(-3, 8) * (torch.randn(nb_users, nb_items, dtype=dtype) + draw.choice([-5, 0, 5]))
        others = torch.cat([scores[:1], scores[1:].flip(1)])  # whoever knows them by sizes, first or sum, mistakes them
        seen, also_seen = (draw_seen(nb_users, nb_items, top_k) for _ in range(2))
        for case in shuffled(draw, [(scores, seen), (others, seen), (scores, also_seen)]):
            compare_lists(answer, solution, *case, top_k)


def compare_lists(answer, solution, scores, seen, top_k):
    """Refuse lists that are not the solution's, up to the order of equal scores."""
    ids = recommended(answer, scores, seen, top_k)
    others = (ids != solution(scores, seen, top_k)).any(dim=1)
    check_ids(ids, scores, seen, others.nonzero().flatten().tolist())
