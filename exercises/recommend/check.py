"""The check of `recommend`: for each user the best items that they have not seen, best first."""

import torch

from exercises.kit.expect import check, given, say
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.refusals import Wrong
from exercises.kit.ranking import expect_ids, expect_unchanged

HAND_MADE = (
    torch.tensor([[0.9, 0.1, 0.5, 0.7], [0.2, 0.8, 0.6, 0.4], [-4.0, -1.0, -2.0, -3.0]]),
    torch.tensor([[True, False, False, False], [False, True, False, False], [False, True, False, False]]),
)


@check("recommend")
def recommend(recommend):
    """Check `recommend(scores, seen, top_k=10)`: -> ids (U, top_k), best first, none of them seen."""
    check_case(recommend, *HAND_MADE, 2)
    for nb_users, nb_items, top_k, shift in [(3, 25, 10, 0), (1, 6, 1, 0), (5, 12, 3, -9), (2, 8, 8, 0), (1, 1, 1, -2)]:
        scores = torch.randn(nb_users, nb_items) + shift
        check_case(recommend, scores, draw_seen(nb_users, nb_items, top_k), top_k)
    scores, seen = torch.randn(4, 30), draw_seen(4, 30, 10)
    check_case(recommend, 1e30 * scores, seen, 10)  # below any number that one would write for "never"
    check_case(recommend, scores.double(), seen, 10)
    check_case(recommend, scores.round(), seen, 5)  # with equal scores
    with on_fake_device("recommend", "scores.device"):
        recommend(*HAND_MADE, 2)


def draw_seen(nb_users, nb_items, top_k):
    """Return who has seen what, (nb_users, nb_items): the first user all but `top_k`, the others fewer."""
    left = torch.randint(top_k, nb_items + 1, (nb_users, 1))
    left[0] = top_k
    return torch.rand(nb_users, nb_items).argsort(dim=1) >= left


def check_case(recommend, scores, seen, top_k):
    """Check what is recommended for scores (U, nb_items) and seen (U, nb_items)."""
    check_ids(recommended(recommend, scores, seen, top_k), scores, seen, range(len(scores)))


def recommended(recommend, scores, seen, top_k):
    """Return the ids (U, top_k) that are recommended; refuse anything else, and a change of what is given."""
    handed_over, asked = (scores.clone(), seen.clone()), {} if top_k == 10 else {"top_k": top_k}
    with given(f"scores and seen of shape {tuple(scores.shape)} and top_k {top_k}"):
        ids = recommend(*handed_over, **asked)
    expect_unchanged((scores, seen), handed_over, "scores seen", "recommend")
    nb_users, nb_items = scores.shape
    hints = [
        ((nb_users, nb_items), "That is every item: only the first `top_k` are asked for."),
        ((top_k, nb_users), "Rows and columns are exchanged: a row per user, please."),
        ((top_k,), "That is one list: every user gets their own."),
        ((nb_users * top_k,), "That is one list: every user gets their own."),
    ]
    return expect_ids(ids, (nb_users, top_k), "recommend", hints)


def check_ids(ids, scores, seen, users):
    """Refuse ids that are not, for each of these users, the best unseen items in the order of their scores."""
    top_k = ids.shape[1]
    for user in users:
        row, points, known = ids[user].tolist(), scores[user].tolist(), seen[user].tolist()
        check_row(user, row, points, known)
        best = sorted((n for n in range(len(points)) if not known[n]), key=lambda n: -points[n])[:top_k]
        if [points[n] for n in row] != [points[n] for n in best]:
            raise Wrong(f"{other_items(user, scores, seen, top_k)}, expected {say(best)}. You returned {say(row)}.\n"
                        f"  {mistake(row, best, points, known)}".rstrip())  # fmt: skip


def check_row(user, row, points, known):
    """Refuse a list that holds what is no item, an item twice, or one that was seen."""
    odd = next((n for n in row if not 0 <= n < len(points)), None)
    if odd is not None:
        raise Wrong(f"for user {user}, {odd} is among the ids, and items are numbered from 0 to {len(points) - 1}.")
    shown = next((n for n in row if known[n]), None)
    if shown is not None:
        raise Wrong(
            f"user {user} is shown item {shown}, and has seen it: `seen` is true there.\n"
            f"  Its score is {say(points[shown])}, and it must lose against every unseen one, however low that scores."
        )
    twice = next((n for n in row if row.count(n) > 1), None)
    if twice is not None:
        raise Wrong(f"user {user} is shown item {twice} twice.")


def other_items(user, scores, seen, top_k):
    """Return the beginning of a sentence about what a user should be shown."""
    if scores.shape[1] > 6:
        return f"for user {user} of {len(scores)}, the {top_k} best of those not seen are others, or in another order"
    return f"for user {user}, with scores {say(scores[user])} and seen {say(seen[user])}, the best {top_k} unseen"


def mistake(row, best, points, known):
    """Return a sentence about what a list of ids is instead."""
    if row == best[::-1]:
        return "They are the right ones, but the best comes last: it should come first."
    if sorted(row) == sorted(best):
        return "They are the right ones, but not with the best first."
    unseen = [n for n in range(len(points)) if not known[n]]
    if row == sorted(unseen, key=lambda n: points[n])[: len(row)]:
        return "These have the lowest scores."
    if [unseen[n] for n in row if n < len(unseen)] == best:
        return "These are places among the unseen items alone: an id counts all items."
    return ""
