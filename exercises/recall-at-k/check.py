"""The check of `recall_at_k`: the share of what is relevant that is ranked, averaged over users."""

import torch

from exercises.kit.expect import check, given, say
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.refusals import Wrong
from exercises.kit.ranking import as_number, expect_unchanged

RANKED = torch.tensor([[0, 5, 1], [7, 6, 2], [1, 2, 3], [4, 0, 7]])
RELEVANT = torch.zeros(4, 8, dtype=torch.bool)
for user, items in enumerate([[0, 1, 2, 3], [6], [], [1, 2, 3, 4, 5]]):
    RELEVANT[user, items] = True


@check("recall-at-k")
def recall_at_k(recall_at_k):
    """Check `recall_at_k(ranked, relevant)`: ids (U, k), (U, nb_items) bool -> one number."""
    check_case(recall_at_k, RANKED, RELEVANT)
    for sizes in [(1, 3, 5), (6, 10, 25), (8, 1, 4), (5, 4, 4), (30, 2, 12)]:
        check_case(recall_at_k, *draw_case(*sizes))
    with on_fake_device("recall_at_k", "ranked.device"):
        recall_at_k(RANKED, RELEVANT)


def draw_case(nb_users, top_k, nb_items):
    """Return ranked (nb_users, top_k) and relevant (nb_users, nb_items): the last user has nothing, if not alone."""
    ranked = torch.rand(nb_users, nb_items).argsort(dim=1)[:, :top_k]
    relevant = torch.rand(nb_users, nb_items) < torch.rand(nb_users, 1)
    relevant[0, 0] = True  # somebody has something
    if nb_users > 1:
        relevant[-1] = False
    return ranked, relevant


def check_case(recall_at_k, ranked, relevant):
    """Check the recall of lists of ids (U, k) for what is relevant (U, nb_items)."""
    recall = recall_of(recall_at_k, ranked, relevant)
    hits, counts = count(ranked, relevant)
    shares = [h / c for h, c in zip(hits, counts, strict=True) if c]
    expected = sum(shares) / len(shares)
    if abs(recall - expected) <= 1e-4:
        return
    known = [f"\n  {sentence}" for sentence, value in mistakes(hits, counts, ranked.shape[1]) if near(recall, value)]
    raise Wrong(f"{by_hand(hits, counts)} = {say(expected)}. You returned {say(recall)}." + "".join(known[:1]))


def recall_of(recall_at_k, ranked, relevant):
    """Return the recall that is reckoned, a number; refuse anything else, and a change of what is given."""
    handed_over = ranked.clone(), relevant.clone()
    with given(f"ranked of shape {tuple(ranked.shape)} and relevant of shape {tuple(relevant.shape)}"):
        recall = recall_at_k(*handed_over)
    expect_unchanged((ranked, relevant), handed_over, "ranked relevant", "recall_at_k")
    return as_number(recall, "the recall", "recall_at_k")


def count(ranked, relevant):
    """Return for each user how many of their relevant items are ranked, and how many they have: two lists."""
    wanted = [{n for n, is_relevant in enumerate(row) if is_relevant} for row in relevant.tolist()]
    return [len(wanted[user] & set(row)) for user, row in enumerate(ranked.tolist())], list(map(len, wanted))


def by_hand(hits, counts):
    """Return the beginning of a line that works the mean out."""
    shares = [f"{h}/{c}" for h, c in zip(hits, counts, strict=True) if c]
    if len(shares) > 4:
        return f"for {len(hits)} users, {len(shares)} of whom have relevant items, their shares average"
    users = (
        f"for {len(hits)} user{'s' if len(hits) > 1 else ''} with {say(counts)} relevant items, {say(hits)} of them "
    )
    return f"{users}ranked, by hand: ({' + '.join(shares)}) / {len(shares)}"


def mistakes(hits, counts, top_k):
    """Return pairs (sentence, value) of the usual mistakes."""
    shares = [h / c for h, c in zip(hits, counts, strict=True) if c]
    some, everybody = len(shares), len(hits)
    return [
        ("A user without relevant items has no recall: 0 divided by 0. Leave them out of the mean.", float("nan")),
        ("Users without relevant items count as 0 in your mean: leave them out.", sum(shares) / everybody),
        ("Users without relevant items count as 1 in your mean: leave them out.",
         (sum(shares) + everybody - some) / everybody),
        ("Did you divide by the length of the list? Then that is the precision. Or did // cut the shares?",
         sum(h for h, c in zip(hits, counts, strict=True) if c) / some / top_k),
        ("You divided by the length of the list: that is the precision, and users without relevant items count.",
         sum(hits) / everybody / top_k),
        ("You divided the hits of all users by the relevant items of all: each user should count alike.",
         sum(hits) / sum(counts)),
        ("That is the share of users with a hit: recall asks how many of their items are hit.",
         sum(h > 0 for h in hits) / some),
        ("That is the share of users with a hit: recall asks how many of their items are hit.",
         sum(h > 0 for h in hits) / everybody),
        ("You divided by the smaller of k and the number of relevant items: by the latter, please.",
         sum(h / min(c, top_k) for h, c in zip(hits, counts, strict=True) if c) / some),
        ("That is the sum over the users: take the mean.", sum(shares)),
        ("That is the share of what is missed.", 1 - sum(shares) / some),
        ("That is the mean number of hits, not their share.",
         sum(h for h, c in zip(hits, counts, strict=True) if c) / some),
        ("It is a percentage: a share lies between 0 and 1.", 100 * sum(shares) / some),
        ("That is the first user's share: average over the users.", shares[0]),
    ]  # fmt: skip


def near(value, other):
    """Return whether two numbers agree, or neither is one."""
    return abs(value - other) <= 1e-4 or (value != value and other != other)
