"""Ranking: lists of items for users, and how good they are on held-out reviews. Users are scored in batches.

`score(users)` takes ids (B,) and returns a number for each item, (B, nb_items): the higher, the sooner it is shown.
All items are ranked that a user has not seen: to rank a sample of them misleads (Krichene and Rendle, 2020).
"""

from dataclasses import dataclass, replace

import numpy as np
import torch

from helpers.data import item_labels
from helpers.generated import read_titles, read_truth

TOP_K = 10
NOBODY = -1  # in a list, where nothing is left to show


def seen_items(reviews, nb_users, nb_items, device=None):
    """Return who has seen what by `reviews`: (nb_users, nb_items), true where there is a review."""
    seen = torch.zeros(nb_users, nb_items, dtype=torch.bool, device=device)
    seen[reviews.users, reviews.items] = True
    return seen


# --- what may rank: each returns a `score`


def by_model(model):
    """Rank by what a KorenMF predicts."""

    def score(users):
        biases = model.umean(users) + model.imean.weight[:, 0] + model.gmean
        return torch.addmm(biases, model.users(users), model.items.weight.T)

    return score


def by_numbers(numbers):
    """Rank by one number per item, (nb_items,), for everybody alike."""
    return lambda users: numbers.expand(len(users), -1)


def by_chance(nb_items, seed=0):
    """Rank by numbers that are drawn for each user anew."""
    draw = torch.Generator().manual_seed(seed)
    return lambda users: torch.rand(len(users), nb_items, generator=draw)


def by_truth(data):
    """Rank by how likely a user takes up an item; only generated reviews come with that, else it is None.

    Nobody can do better, but for chance: this is the perfect recommender.
    """
    truth = read_truth(data.path)
    if truth is None:
        return None
    users, items = (places(known, names) for known, names in [(truth.reviewers, data.users), (truth.asins, data.items)])
    tastes = torch.from_numpy(truth.tastes[users] * truth.choosing)
    traits, appeal = torch.from_numpy(truth.traits[items]), torch.from_numpy(truth.appeal[items])
    return lambda users: appeal.log() + tastes[users.cpu()] @ traits.T


def places(known, names):
    """Return where each of `names` stands among the `known` ones."""
    place = {name: n for n, name in enumerate(known)}
    return [place[name] for name in names]


# --- lists, and what they are worth


@torch.no_grad()
def top_lists(score, seen, top_k=TOP_K, batch_size=256):
    """Return a list for each user, best first, of items not `seen`: ids (nb_users, top_k).

    Who has seen nearly all gets a shorter one: what is missing at its end is -1.
    """
    nb_users, nb_items = seen.shape
    lists = torch.full((nb_users, top_k), NOBODY, device=seen.device)
    for users in torch.arange(nb_users, device=seen.device).split(batch_size):
        hidden = seen[users]
        scores = torch.where(hidden, -torch.inf, score(users).to(seen.device))
        values, best = scores.topk(min(top_k, nb_items), dim=1)
        lists[users, : best.shape[1]] = best.where(values > -torch.inf, NOBODY)
    return lists.cpu()


@dataclass(frozen=True, eq=False)
class Measured:
    """What lists are worth on held-out reviews, averaged over the users who have any.

    recall: the share of a user's held-out items that their list holds. ndcg: the same, where an item counts less the
    further down it stands (Jarvelin and Kekalainen, 2002). coverage: the share of all items that anybody is shown.
    hits (N,): whether the item of the n-th held-out review is in the list of its user.
    """

    recall: float
    ndcg: float
    coverage: float
    hits: np.ndarray


def measure(lists, reviews, nb_items):
    """Return as Measured what `lists` (nb_users, top_k) are worth on held-out `reviews`."""
    lists = np.asarray(lists)
    nb_users, top_k = lists.shape
    held_out = reviews.users * nb_items + reviews.items
    shown = np.where(lists == NOBODY, NOBODY, np.arange(nb_users)[:, None] * nb_items + lists)
    found = np.isin(shown, held_out)  # (nb_users, top_k)
    counts = np.bincount(reviews.users, minlength=nb_users)
    some = counts > 0
    discount = 1 / np.log2(np.arange(top_k) + 2)
    ideal = np.concatenate([[0], discount.cumsum()])[np.minimum(counts, top_k)]
    return Measured(
        recall=float((found.sum(axis=1)[some] / counts[some]).mean()),
        ndcg=float(((found @ discount)[some] / ideal[some]).mean()),
        coverage=len(np.unique(lists[lists != NOBODY])) / nb_items,
        hits=np.isin(held_out, shown),
    )


def show(measured):
    """Print a table of `measured`: name -> Measured. Two decimals hold on another machine, no more."""
    width = max(map(len, measured)) + 2
    print(" " * width + "recall@10  NDCG@10  share of the items shown")
    for name, row in measured.items():
        print(f"{name:{width}}{row.recall:9.2f}{row.ndcg:9.2f}{row.coverage:14.0%}")


def recall_by(values, hits, edges):
    """Return (label, recall, number of reviews) of the held-out reviews whose `values` lie from edge to edge.

    values, hits: (N,), one of each per held-out review. A group without a review is left out.
    """
    groups = []
    for low, high in zip(edges, [*edges[1:], None], strict=True):
        among = (values >= low) & (values < (np.inf if high is None else high))
        label = f"{low} or more" if high is None else str(low) if high == low + 1 else f"{low} to {high - 1}"
        if among.any():
            groups.append((label, float(hits[among].mean()), int(among.sum())))
    return groups


def wrong_order(score, reviews, seen, seed=0, batch_size=256):
    """Return how often an item that its user has not seen scores at least as high as the one that they reviewed.

    The other item is drawn for each of `reviews` as the training by pairs draws it: evenly. Chance gives 0.5.
    """
    draw, device, seen = torch.Generator().manual_seed(seed), seen.device, seen.cpu()
    users, items = torch.as_tensor(reviews.users), torch.as_tensor(reviews.items)
    others = torch.zeros_like(items)
    again = torch.ones_like(items, dtype=torch.bool)
    while again.any():
        others[again] = torch.randint(seen.shape[1], (int(again.sum()),), generator=draw)
        again = seen[users, others]
    wrong = 0
    with torch.no_grad():
        for rows in torch.arange(len(users)).split(batch_size):
            scores = score(users[rows].to(device)).cpu()
            chosen, other = (scores[torch.arange(len(rows)), ids[rows]] for ids in (items, others))
            wrong += int((other >= chosen).sum())
    return wrong / len(users)


# --- people to look at


def single_minded_users(data, nb=3, least=8):
    """Return the users whose training reviews have most in common: the largest share of one sort of item.

    Only who wrote `least` reviews or more can show a taste. Where sorts are not known, who wrote most is returned.
    """
    sorts = {name: n for n, name in enumerate(sorted({sort[0] for sort in data.categories if sort}))}
    counts = np.bincount(data.train.users, minlength=data.nb_users)
    if not sorts:
        return np.argsort(-counts, kind="stable")[:nb].tolist()
    table = np.zeros((data.nb_users, len(sorts) + 1))
    of_items = np.array([sorts[sort[0]] if sort else len(sorts) for sort in data.categories])
    np.add.at(table, (data.train.users, of_items[data.train.items]), 1)
    shares = table[:, :-1].max(axis=1) / counts * (counts >= min(least, counts.max()))
    return np.argsort(-shares, kind="stable")[:nb].tolist()


def best_rated(data, user, nb=4):
    """Return the items that a user rated best in training, best first: a list of ids."""
    mine = data.train.users == user
    order = np.argsort(-data.train.ratings[mine], kind="stable")
    return data.train.items[mine][order[:nb]].tolist()


def ratings_of(data, user, device=None):
    """Return the items and the ratings of a user's training reviews, two tensors (n,)."""
    mine = data.train.users == user
    return tuple(torch.as_tensor(part[mine], device=device) for part in (data.train.items, data.train.ratings))


# --- somebody new


def errors_of_users(model, reviews, vectors, biases):
    """Return two mean squared errors of a KorenMF on the reviews of its first users.

    The first is with the vectors and biases that they have in the model, the second with `vectors` (n, D) and `biases`
    (n,) in the place of these. Both are nan where these users have no review.
    """
    among = reviews.users < len(vectors)
    users, items = (torch.as_tensor(ids[among], device=vectors.device) for ids in (reviews.users, reviews.items))
    ratings = torch.as_tensor(reviews.ratings[among], device=vectors.device)
    with torch.no_grad():
        trained, _, embed_i, _, imean, gmean = model(users, items)
        folded = gmean + imean + biases.to(vectors.device)[users] + torch.linalg.vecdot(vectors[users], embed_i)
    return tuple((out - ratings).square().mean().item() for out in (trained, folded))


def to_rate(data, nb=10):
    """Return the items to ask a newcomer about: the most reviewed one of each sort, the best known sorts first."""
    counts = np.bincount(data.train.items, minlength=data.nb_items)
    chosen, sorts = [], set()
    for item in np.argsort(-counts, kind="stable").tolist():
        sort = data.categories[item][0] if data.categories[item] else item
        if sort not in sorts and len(chosen) < nb:
            chosen.append(item)
            sorts.add(sort)
    return chosen


def cast_of(data, item):
    """Return the names of who plays in an item, [] where that is not known."""
    return read_titles(data.path).get(data.items[item], {}).get("cast", [])


def enough_reviews(data, most=20):
    """Return how many training reviews make an item well known: 20, or fewer in a small file."""
    counts = np.sort(np.bincount(data.train.items, minlength=data.nb_items))
    return int(min(most, counts[-min(50, data.nb_items)]))


def words_of_items(data, nb_words=4):
    """Return for each item a text: the words that its reviews use more than others do."""
    return item_labels(replace(data, titles=[None] * data.nb_items), nb_words)


def nearest(model, item, others):
    """Return that of the items `others` whose vector points most nearly where the vector of `item` points."""
    vectors = model.items.weight.detach()
    return max(others, key=lambda other: torch.cosine_similarity(vectors[item], vectors[other], dim=0).item())


# --- something new


def new_items(data, share=0.1, least=10, seed=0):
    """Return a `share` of the items with `least` training reviews or more, drawn by chance: ids (M,)."""
    counts = np.bincount(data.train.items, minlength=data.nb_items)
    known = np.flatnonzero(counts >= min(least, np.median(counts)))
    return np.sort(np.random.default_rng(seed).choice(known, max(1, int(share * len(known))), replace=False))


def profiles(reviews, nb_items, common=100, most=3_000):
    """Return what is said about each item, (nb_items, most): tf-idf, of length 1; zeros where nothing is said.

    Read are the `most` words that follow the `common` ones, which are said of everything.
    """
    items, words = np.repeat(reviews.items, reviews.lengths), reviews.words.astype(np.int64) - common
    kept = (words >= 0) & (words < most)
    counts = np.bincount(items[kept] * most + words[kept], minlength=nb_items * most).reshape(nb_items, most)
    rarity = np.log((1 + nb_items) / (1 + (counts > 0).sum(axis=0)))
    rows = torch.from_numpy((np.log1p(counts) * rarity).astype(np.float32))
    return torch.nn.functional.normalize(rows, dim=1)


def placed_by_words(vectors, data, new, nb_reviews=3, weight=1.0):
    """Return where the items `new` (M,) belong among the `vectors` (nb_items, D), by what three reviews say of each.

    Learned from the other items, their words and their vectors, by ridge regression: the equations of `fold_in`.
    """
    train, is_new = data.train, np.isin(data.train.items, new)
    first = np.concatenate([np.flatnonzero(train.items == item)[:nb_reviews] for item in new])
    words = profiles(train[np.flatnonzero(~is_new)], data.nb_items)
    said = profiles(train[first], data.nb_items)[new]
    known = words.any(dim=1)
    x, y = words[known], vectors.detach().cpu()[known]
    mean = y.mean(dim=0)
    kernel = x @ x.T + weight * torch.eye(len(x))
    return mean + said @ (x.T @ torch.linalg.solve(kernel, y - mean))


def finds_its_people(vectors, users, reviews, items):
    """Return how often who reviewed an item scores it higher than somebody else does: a number for each item.

    vectors (M, D) of the `items` (M,), users (nb_users, D). 0.5 is chance; this is the area under the ROC curve.
    """
    found = []
    for vector, item in zip(vectors, items, strict=True):
        scores = users @ vector
        theirs = torch.zeros(len(users), dtype=torch.bool)
        theirs[reviews.users[reviews.items == item]] = True
        ranks = scores.argsort().argsort()[theirs].double()
        n, others = int(theirs.sum()), int((~theirs).sum())
        found.append((ranks.sum().item() - n * (n - 1) / 2) / (n * others))
    return np.array(found)
