"""Reviews made up in the format and the shape of Amazon's, for when the real file is not at hand.

Invented viewers rate invented series. What they would rate is drawn from a model that is written out below, so that
these data offer what no real file can: the best prediction of every rating, and its error, which nobody can beat.
"""

import gzip
import json
import math
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from authoring.generator.texts import Catalogue, Reviewer

SHARES = np.array([0.0463, 0.0508, 0.1128, 0.2275, 0.5627])  # of the ratings 1..5 in Amazon Instant Video
VERSION = 1  # raise it whenever the reviews change: files of another version are then not taken for this one
LEAST = 5  # reviews of every user and of every item ("5-core")
USER_TAIL, ITEM_TAIL = 3.6, 2.5  # exponents of the power laws that the numbers of reviews follow in the long run
LARGEST = 20  # no user or item has more than this many times the mean number of reviews

# Variances of the parts of the latent score; that of the noise is 1.
LENIENCY, QUALITY, TASTE = 0.14, 0.15, 0.50
TASTE_WEIGHTS = np.sqrt([1.0, 0.10, 0.05, 0.05])  # light against dark above all, then three finer differences
CHOOSINESS = 0.2  # how much users prefer to watch what suits their taste
LOUDNESS = 0.4, 0.3  # series watched much divide opinions more, and so do users who watch much: powers of the counts
MIXING_ROUNDS = 40
CHUNK = 20_000  # reviews written at a time
CDF_GRID = np.linspace(-8, 8, 8_001)
CDF_VALUES = [0.5 * (1 + math.erf(x / math.sqrt(2))) for x in CDF_GRID]


@dataclass(frozen=True)
class Truth:
    """What only the maker of the data knows: `rating_means[n]` is E[rating | user, item] of the file's n-th review.

    `noise_floor` is the expected squared error of these means, the best any model of users and items can hope for;
    `topic_words[asin]` are the words about that item (its genre's, mood's, setting's, cast's, characters', title's).
    """

    rating_means: np.ndarray
    noise_floor: float
    topic_words: dict


def write_reviews(path, seed=0, nb_reviews=37_126, nb_users=5_130, nb_items=1_685):
    """Write a gzip file of generated reviews, one JSON object a line, sorted by item, and its truth beside it.

    The same arguments give the same bytes. Either file appears whole or not at all. Returns the Truth; raises
    ValueError for sizes that no 5-core can have.
    """
    refuse_impossible(nb_reviews, nb_users, nb_items)
    path = Path(path)
    rng = np.random.default_rng(seed)
    catalogue = Catalogue.draw(rng, nb_items)
    users, items, score, leniency = draw_scores(rng, catalogue, nb_reviews, nb_users)
    latent = score + rng.normal(size=nb_reviews)
    thresholds = np.quantile(latent, np.cumsum(SHARES)[:-1])
    ratings = 1 + np.searchsorted(thresholds, latent)
    means, variances = rating_moments(score, thresholds)

    asins = sorted(codes("B0", 8, nb_items, seed))
    truth = Truth(means, float(variances.mean()), {asin: catalogue.topic_words(n) for n, asin in enumerate(asins)})
    reviewers = codes("A", 13, nb_users, seed)
    with replacing(truth_path(path)) as temporary:
        save_truth(temporary, truth)
    with (
        replacing(path) as temporary,
        temporary.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=5, fileobj=raw, mtime=0) as file,
    ):
        reviewer = Reviewer(rng, catalogue, leniency)
        for start in range(0, nb_reviews, CHUNK):
            part = slice(start, start + CHUNK)
            texts, summaries = reviewer.write(users[part], items[part], ratings[part])
            rows = zip(
                (reviewers[user] for user in users[part]),
                (asins[item] for item in items[part]),
                texts,
                ratings[part].astype(float).tolist(),
                summaries,
                strict=True,
            )
            names = ("reviewerID", "asin", "reviewText", "overall", "summary")
            lines = (json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows)
            file.write("".join(lines).encode("ascii"))
    return truth


def read_truth(path):
    """Read back the Truth of the reviews at `path`; raises FileNotFoundError if it was not kept beside them."""
    with np.load(truth_path(path)) as arrays:
        words = [line.split() for line in arrays["words"].tobytes().decode("ascii").split("\n")]
        asins = arrays["asins"].tobytes().decode("ascii").split()
        return Truth(arrays["rating_means"], float(arrays["noise_floor"]), dict(zip(asins, words, strict=True)))


def truth_path(path):
    """Where the truth of the reviews at `path` is kept: reviews.json.gz -> reviews.truth.npz."""
    path = Path(path)
    return path.with_name(path.name.removesuffix(".gz").removesuffix(".json") + ".truth.npz")


def save_truth(path, truth):
    """Save a Truth as plain arrays; words as bytes, one line per item."""
    words = "\n".join(" ".join(words) for words in truth.topic_words.values())
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            rating_means=truth.rating_means,
            noise_floor=truth.noise_floor,
            asins=np.frombuffer(" ".join(truth.topic_words).encode("ascii"), dtype=np.uint8),
            words=np.frombuffer(words.encode("ascii"), dtype=np.uint8),
        )


@contextmanager
def replacing(path):
    """Offer a temporary path to write to; it takes the place of `path` only if the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def refuse_impossible(nb_reviews, nb_users, nb_items):
    """Raise ValueError, in one sentence, for sizes that cannot give everybody 5 reviews without repeating a pair."""
    if min(nb_users, nb_items) < 4 * LEAST:
        raise ValueError(f"{nb_users} users and {nb_items} items are too few: ask for at least {4 * LEAST} of each.")
    if nb_reviews < LEAST * max(nb_users, nb_items):
        raise ValueError(
            f"{nb_reviews} reviews cannot give {nb_users} users and {nb_items} items {LEAST} reviews each: "
            f"ask for at least {LEAST * max(nb_users, nb_items)} reviews."
        )
    if nb_reviews > nb_users * nb_items // 8:
        raise ValueError(
            f"{nb_reviews} reviews are too many for {nb_users} users and {nb_items} items, at most one a pair: "
            f"ask for {nb_users * nb_items // 8} or fewer."
        )


def codes(prefix, digits, count, seed):
    """Make `count` different codes as Amazon's look, such as B00A1B2C3D: a prefix and `digits` digits in base 36."""
    alphabet, size = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 36**digits
    step = round(size * 0.618) // 6 * 6 + 1  # has no factor in common with 36**digits, so no code comes twice
    numbers = ((n + 1 + seed) * step % size for n in range(count))
    return [prefix + "".join(alphabet[number // 36**d % 36] for d in range(digits)) for number in numbers]


def draw_scores(rng, catalogue, nb_reviews, nb_users):
    """Draw who reviews what, and each review's latent score without its noise: three arrays (nb_reviews,), by item.

    The fourth array holds each user's leniency, standard normal.

    score = leniency of the user + quality of the item + taste of the user . traits of the item
    """
    nb_items = len(catalogue.genre)
    user_counts = rng.permutation(long_tail(nb_users, nb_reviews, nb_items // 4, USER_TAIL))
    item_counts = rng.permutation(long_tail(nb_items, nb_reviews, nb_users // 4, ITEM_TAIL))
    taste, traits = draw_taste(rng, nb_users), draw_traits(rng, catalogue, item_counts)
    users, items = draw_pairs(rng, user_counts, item_counts, CHOOSINESS * taste, traits)
    order = np.lexsort((rng.random(nb_reviews), items))
    users, items = users[order], items[order]
    loudness = item_counts[items] ** LOUDNESS[0] * user_counts[users] ** LOUDNESS[1]
    leniency = rng.normal(size=nb_users)
    score = (
        of_variance(LENIENCY, leniency[users])
        + of_variance(QUALITY, rng.normal(size=nb_items)[items])
        + of_variance(TASTE, np.einsum("nd,nd->n", taste[users], traits[items]) * loudness)
    )
    return users, items, score, leniency


def long_tail(count, total, most, tail):
    """Split `total` reviews into `count` parts of 5 to `most`, the share above x falling like x ** (1 - tail)."""
    most = min(most, LARGEST * total // count)
    left = 1 - (np.arange(count) + 0.5) / count  # share of larger parts

    def parts(scale):
        return np.minimum(LEAST + (scale * (left ** (1 / (1 - tail)) - 1)).astype(int), most)

    low, high = 0.0, float(total)
    for _ in range(100):
        scale = (low + high) / 2
        low, high = (scale, high) if parts(scale).sum() <= total else (low, scale)
    result = parts(low)
    room = np.flatnonzero(result < most)
    missing = total - result.sum()
    if missing > len(room):
        raise ValueError(f"{total} reviews cannot be split into {count} parts of {LEAST} to {most}: ask for fewer.")
    result[room[len(room) - missing :]] += 1
    return result


def draw_taste(rng, nb_users):
    """What users like, (nb_users, 4): half of them light series, half of them dark ones, some more so than others."""
    taste = rng.normal(size=(nb_users, len(TASTE_WEIGHTS)))
    taste[:, 0] = rng.choice([-1, 1], nb_users) + 0.5 * taste[:, 0]
    return taste


def draw_traits(rng, catalogue, item_counts):
    """What items are like, (nb_items, 4), by their genre and mood, centred over the reviews."""
    size = len(TASTE_WEIGHTS)
    genres = rng.choice([-1.0, 1.0], (catalogue.genre.max() + 1, size))
    genres[:, 0] = 1 - 2 * (np.arange(len(genres)) % 2)  # light, dark, light, ...
    moods = rng.normal(size=(catalogue.mood.max() + 1, size))
    moods[:, 0] = np.abs(moods[:, 0]) * (1 - 2 * (np.arange(len(moods)) % 2))
    traits = genres[catalogue.genre] + 0.35 * moods[catalogue.mood] + 0.1 * rng.normal(size=(len(item_counts), size))
    return (traits - np.average(traits, axis=0, weights=item_counts)) * TASTE_WEIGHTS


def draw_pairs(rng, user_counts, item_counts, taste, traits):
    """Draw who reviews what: everybody has the given number of reviews, likes decide a little, no pair comes twice.

    Starting from chance, two reviews at a time consider swapping their items (Metropolis et al., 1953): they do if that
    suits the two users better, and sometimes if it does not.
    """
    users = np.repeat(np.arange(len(user_counts)), user_counts)
    items = rng.permutation(np.repeat(np.arange(len(item_counts)), item_counts))
    rounds, count = 0, len(users)
    while True:
        pairs = users * len(item_counts) + items
        order = np.argsort(pairs)
        known = pairs[order]
        repeated = np.zeros(count, dtype=bool)
        repeated[order[1:]] = known[1:] == known[:-1]
        if rounds >= MIXING_ROUNDS and not repeated.any():
            return users, items
        one, two = rng.permutation(count)[: count // 2 * 2].reshape(2, -1)
        gain = np.einsum("nd,nd->n", taste[users[one]] - taste[users[two]], traits[items[two]] - traits[items[one]])
        swap = (np.log(rng.random(len(one))) < gain) & (rounds < MIXING_ROUNDS)
        swap |= repeated[one] | repeated[two]
        for a, b in ((one, two), (two, one)):
            pair = users[a] * len(item_counts) + items[b]
            swap &= known[np.searchsorted(known, pair).clip(max=count - 1)] != pair
        one, two = one[swap], two[swap]
        items[one], items[two] = items[two], items[one]
        rounds += 1


def of_variance(variance, values):
    """Shift and scale values to mean 0 and the given variance."""
    return (values - values.mean()) / values.std() * math.sqrt(variance)


def rating_moments(score, thresholds):
    """Mean and variance of the rating 1 + #(thresholds below score + noise), for each score (n,); noise is N(0, 1)."""
    above = normal_cdf(score[:, None] - thresholds)  # P(rating > k), k = 1..4
    means = 1 + above.sum(axis=1)
    return means, 1 + above @ np.array([3, 5, 7, 9]) - means**2  # r**2 = 1 + sum of 2k + 1 over all k < r


def normal_cdf(x):
    """Standard normal distribution function, interpolated between exact values; the error is below 2e-7."""
    return np.interp(x, CDF_GRID, CDF_VALUES)
