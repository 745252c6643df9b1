"""Who reviews what: numbers of reviews with long tails, tastes, and choices that follow them."""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from authoring.generator.draws import Draws, argsort, dot, exp, mean, total
from helpers.reviews import NB_FOLDS, split_reviews

LEAST = 5  # reviews of every user and of every item ("5-core")
USER_TAIL, ITEM_TAIL = (3, 3), (21, 5)  # the m-th of n has left ** -(a / 2 ** b) reviews, left = 1 - m / n
LARGEST = 20  # no user or item has more than this many times the mean number of reviews

# Tastes have five parts: light against dark, and four finer differences. These are the weights of each when users
# choose what to watch, and when they rate what they have seen: theme decides what they choose, tone how they like it.
CHOOSING = np.sqrt([0.1, 1.0, 0.8, 0.6, 0.5])
LIKING = np.sqrt([1.0, 0.02, 0.02, 0.02, 0.02])
MIXING_ROUNDS = 150
TASTE, TRAITS, COUNTS, PAIRS = 10, 11, 12, 13  # streams of random numbers


@dataclass(frozen=True)
class Choices:
    """Who reviewed what, by item: `users[n]` reviewed `items[n]`; and why: tastes (nb_users, 5), traits (nb_items, 5).

    User u takes up item i in proportion to exp(sum of CHOOSING * tastes[u] * traits[i]), given how many reviews each of
    them has in all.
    """

    users: np.ndarray
    items: np.ndarray
    tastes: np.ndarray
    traits: np.ndarray

    @classmethod
    def draw(cls, seed, catalogue, nb_reviews, nb_users):
        """Draw `nb_reviews` pairs of a user and an item, no pair twice."""
        draws, nb_items = Draws([seed, COUNTS]), len(catalogue.genre)
        user_counts = draws.permutation(long_tail(nb_users, nb_reviews, nb_items // 4, USER_TAIL))
        item_counts = draws.permutation(long_tail(nb_items, nb_reviews, nb_users // 4, ITEM_TAIL))
        tastes = draw_tastes(Draws([seed, TASTE]), nb_users)
        traits = draw_traits(Draws([seed, TRAITS]), catalogue, item_counts)
        draws = Draws([seed, PAIRS])
        users, items = draw_pairs(draws, user_counts, item_counts, CHOOSING * tastes, traits)
        order = draws.permutation(nb_reviews)
        order = order[argsort(items[order])]
        return cls(users[order], items[order], tastes, traits)


def long_tail(count, reviews, most, tail):
    """Split `reviews` into `count` parts of 5 to `most` that grow by a power law: the n-th as left ** -(a / 2 ** b)."""
    most = min(most, LARGEST * reviews // count)
    left = root_power(1 - (np.arange(count) + 0.5) / count, *tail)  # of the share of larger parts

    def parts(scale):
        return np.minimum(LEAST + (scale * (1 / left - 1)).astype(np.int64), most)

    low, high = 0.0, float(reviews)
    for _ in range(100):
        scale = (low + high) / 2
        low, high = (scale, high) if parts(scale).sum() <= reviews else (low, scale)
    result = parts(low)
    room = np.flatnonzero(result < most)
    missing = reviews - result.sum()
    if missing > len(room):
        raise ValueError(f"{reviews} reviews cannot be split into {count} parts of {LEAST} to {most}: ask for fewer.")
    result[room[len(room) - missing :]] += 1
    return result


def root_power(x, power, roots):
    """Return x ** (power / 2 ** roots), from square roots and products alone."""
    for _ in range(roots):
        x = np.sqrt(x)
    result = x
    for _ in range(power - 1):
        result = result * x
    return result


def draw_tastes(draws, nb_users):
    """What users like, (nb_users, 5): half of them light series, half of them dark ones, some more so than others."""
    tastes = draws.normal(nb_users * len(CHOOSING)).reshape(nb_users, -1)
    tastes[:, 0] = 2 * draws.below(2, nb_users) - 1 + 0.5 * tastes[:, 0]
    return tastes


def draw_traits(draws, catalogue, item_counts):
    """What items are like, (nb_items, 5), by their genre, mood, place and craft, centred over the reviews."""

    def of_groups(groups):
        return draws.normal((groups.max() + 1) * len(CHOOSING)).reshape(-1, len(CHOOSING))

    genres, moods = 2.0 * (of_groups(catalogue.genre) > 0) - 1, of_groups(catalogue.mood)
    settings, crafts = of_groups(catalogue.setting), of_groups(catalogue.craft)
    for groups in (genres, moods):
        groups[:, 0] = np.abs(groups[:, 0]) * (1 - 2 * (np.arange(len(groups)) % 2))  # light, dark, light, ...
    for groups in (settings, crafts):
        groups[:, 0] = 0  # there is light and dark in any place
    traits = genres[catalogue.genre] + 0.35 * moods[catalogue.mood]
    traits = traits + 0.35 * settings[catalogue.setting] + 0.25 * crafts[catalogue.craft]
    traits = traits + 0.1 * draws.normal(traits.size).reshape(traits.shape)
    reviews = total(item_counts)
    centre = [total(column * item_counts) / reviews for column in traits.T]
    return traits - centre


def draw_pairs(draws, user_counts, item_counts, tastes, traits):
    """Draw who reviews what: everybody has the given number of reviews, tastes decide, no pair comes twice.

    Starting from chance, two reviews at a time consider swapping their items (Metropolis et al., 1953): they do if that
    suits the two users better, and sometimes if it does not.
    """
    users = np.repeat(np.arange(len(user_counts)), user_counts)
    items = draws.permutation(np.repeat(np.arange(len(item_counts)), item_counts))
    rounds, count = 0, len(users)
    while True:
        pairs = users * len(item_counts) + items
        order = argsort(pairs)
        known = pairs[order]
        repeated = np.zeros(count, dtype=bool)
        repeated[order[1:]] = known[1:] == known[:-1]
        if rounds >= MIXING_ROUNDS and not repeated.any():
            return users, items
        one, two = draws.permutation(count)[: count // 2 * 2].reshape(2, -1)
        gain = dot(tastes[users[one]] - tastes[users[two]], traits[items[two]] - traits[items[one]])
        swap = (draws.uniform(len(one)) < exp(gain.clip(-40, 0))) & (rounds < MIXING_ROUNDS)
        swap |= repeated[one] | repeated[two]
        for a, b in ((one, two), (two, one)):
            pair = users[a] * len(item_counts) + items[b]
            swap &= known[np.searchsorted(known, pair).clip(max=count - 1)] != pair
        one, two = one[swap], two[swap]
        items[one], items[two] = items[two], items[one]
        rounds += 1


def appeal(choices, rounds=15):
    """Return how much each item is chosen whatever the taste, (nb_items,), as a factor: the mean is 1.

    So that user u and item i meet in proportion to appeal[i] * exp(sum of CHOOSING * tastes[u] * traits[i]), and each
    has the number of reviews that it has (iterative proportional fitting: Deming and Stephan, 1940).
    """
    user_counts, item_counts = np.bincount(choices.users), np.bincount(choices.items)
    affinity = [exp(row) for row in affinities(CHOOSING * choices.tastes, choices.traits)]
    factor = item_counts / mean(item_counts)
    for _ in range(rounds):
        meetings = np.zeros(len(item_counts))
        for row, nb_reviews in zip(affinity, user_counts, strict=True):  # one by one: a fixed order of adding
            meetings = meetings + row * (nb_reviews / np.cumsum(row * factor)[-1])
        factor = item_counts / meetings
    return factor / mean(factor)


def affinities(tastes, traits):
    """Yield tastes[u] . traits[i] for all items, (nb_items,), user by user."""
    for taste in tastes:
        yield dot(np.broadcast_to(taste, traits.shape), traits)


def ceilings(choices, factor, k=10):
    """Return what a recommender that knows the truth reaches: recall and NDCG of its `k` likeliest items for each user.

    Its list for a user leaves out what the user reviewed in training, and is held against the user's test reviews; both
    numbers are averaged over the users who have any in the eight folds. factor: what `appeal` returns.
    """
    gains = np.array([1 / math.log2(place + 2) for place in range(k)] + [0.0])
    ideal = np.cumsum(gains)
    results = []
    affinity = [exp(row) * factor for row in affinities(CHOOSING * choices.tastes, choices.traits)]
    for fold in range(NB_FOLDS):
        train, _, test = split_reviews(range(len(choices.users)), fold)
        seen, wanted = (_items_by_user(choices, part) for part in (train, test))
        for user, items in wanted.items():
            scores = affinity[user].copy()
            scores[seen.get(user, [])] = -1
            places = [min(k, int((scores > scores[item]).sum())) for item in items]
            recall = sum(place < k for place in places) / len(items)
            results.append((recall, total(gains[places]) / ideal[min(k, len(items)) - 1]))
    recalls, ndcgs = zip(*results, strict=True)
    return mean(recalls), mean(ndcgs)


def _items_by_user(choices, part):
    """Return user -> items of the reviews at the positions `part`."""
    by_user = defaultdict(list)
    for n in part:
        by_user[int(choices.users[n])].append(int(choices.items[n]))
    return by_user
