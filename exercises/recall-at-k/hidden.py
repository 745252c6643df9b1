"""What the grader tries of `recall_at_k` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import ITEMS, USERS, shuffled
from exercises.kit.expect import say
from exercises.kit.given.refusals import Wrong

from .check import check_case, draw_case, recall_of


@hidden("recall-at-k")
def other_recalls(answer, solution, draw, reference):
    """As many users and items as a session has, and few; short lists and long ones."""
    top_k, most = draw.randint(5, 8), draw.randint(1_400, ITEMS)
    check_case(answer, *draw_case(draw.randint(9, 15), top_k, top_k + draw.randint(1, 6)))
    ranked, relevant = draw_case(draw.randint(50, 150), draw.choice([5, 10, 20]), draw.randint(200, 400))
    cases = [
        held_out(draw.randint(4_500, USERS), draw.randint(5, 10), most),
        draw_case(draw.randint(8, 16), draw.randint(most // 2, most), most),
        (ranked, relevant),
        (ranked.roll(1, 0), relevant),
    ]
    for case in shuffled(draw, cases):
        compare_recalls(answer, solution, *case)


def held_out(nb_users, top_k, nb_items):
    """Return ranked (nb_users, top_k) and relevant (nb_users, nb_items), few of them, as in a session."""
    ranked = torch.randperm(nb_items)[(torch.randint(nb_items, (nb_users, 1)) + torch.arange(top_k)) % nb_items]
    relevant = torch.zeros(nb_users, nb_items, dtype=torch.bool)
    relevant[torch.randint(nb_users, (4_000,)), torch.randint(nb_items, (4_000,))] = True
    shown = torch.rand(ranked.shape) < 0.1
    return ranked, relevant.scatter(1, ranked, relevant.gather(1, ranked) | shown)


def compare_recalls(answer, solution, ranked, relevant):
    """Refuse a recall that is not the solution's, up to rounding."""
    came, expected = recall_of(answer, ranked, relevant), float(solution(ranked, relevant))
    if not abs(came - expected) <= 1e-5:
        shapes = f"{tuple(ranked.shape)} and relevant of shape {tuple(relevant.shape)}"
        raise Wrong(f"for ranked of shape {shapes} the recall is {say(expected)}. You returned {say(came)}.")
