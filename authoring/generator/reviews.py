"""Reviews made up in the format and the shape of Amazon's, with a truth that no real file can offer.

Invented viewers rate invented series. What they choose and what they rate is drawn from a model that is written out
here, so that these data say what the best prediction of every rating and of every choice would be, and how good it is.
"""

import gzip
import json
import math
from itertools import chain

import numpy as np

from authoring.generator.catalogue import Catalogue, draw_titles
from authoring.generator.choices import CHOOSING, LEAST, LIKING, Choices, appeal, ceilings, root_power
from authoring.generator.draws import NORMAL_PARTS, Draws, argsort, dot, mean, normal_cdf_table
from authoring.generator.texts import Reviewer
from helpers.generated import Truth, replacing, titles_path, truth_path

SHARES = np.array([0.0463, 0.0508, 0.1128, 0.2275, 0.5627])  # of the ratings 1..5 in Amazon Instant Video
SIZE = {"nb_reviews": 37_126, "nb_users": 5_130, "nb_items": 1_685}  # of Amazon Instant Video

# Variances of the parts of the latent score; that of the noise is 1.
LENIENCY, QUALITY, TASTE = 0.17, 0.18, 0.55
LOUDNESS = (1, 2), (1, 2)  # opinions are divided the more, the more reviews item and user have: count ** (a / 2 ** b)
RATINGS = 3  # a stream of random numbers
CHUNK = 20_000  # reviews written at a time
CDF_STEPS = 128
CDF = normal_cdf_table(CDF_STEPS)


def write_reviews(path, seed=0, nb_reviews=SIZE["nb_reviews"], nb_users=SIZE["nb_users"], nb_items=SIZE["nb_items"]):
    """Write a gzip file of generated reviews, one JSON object a line, sorted by item; their titles and truth beside it.

    The same arguments give the same lines and the same truth on every machine. Each file appears whole or not at all.
    Returns the Truth; raises ValueError for sizes that no 5-core can have.
    """
    refuse_impossible(nb_reviews, nb_users, nb_items)
    catalogue = Catalogue.draw(seed, nb_items)
    choices = Choices.draw(seed, catalogue, nb_reviews, nb_users)
    ratings, truth = rate(seed, choices)
    factor = appeal(choices)
    recall, ndcg = ceilings(choices, factor)
    truth |= {"appeal": factor.round(4), "recall_ceiling": round(recall, 3), "ndcg_ceiling": round(ndcg, 3)}
    titles = draw_titles(seed, catalogue)
    asins, reviewers = sorted(codes("B0", 8, nb_items, seed)), codes("A", 13, nb_users, seed)
    words = {asin: catalogue.topic_words(n, titles[n]) for n, asin in enumerate(asins)}
    truth = Truth(**truth, asins=asins, reviewers=reviewers, topic_words=words)
    with replacing(truth_path(path)) as temporary:
        truth.save(temporary)
    with replacing(titles_path(path)) as temporary:
        write_lines(temporary, map(json.dumps, described(catalogue, titles, asins)))
    reviewer = Reviewer(seed, catalogue, titles, truth.user_biases / math.sqrt(LENIENCY))
    with replacing(path) as temporary:
        parts = (slice(start, start + CHUNK) for start in range(0, nb_reviews, CHUNK))
        chunks = (reviewed(reviewer, choices, ratings, part, reviewers, asins) for part in parts)
        write_lines(temporary, map(json.dumps, chain.from_iterable(chunks)))
    return truth


def described(catalogue, titles, asins):
    """Yield what is known of each series, in the form of Amazon's metadata, with its cast besides."""
    for n, asin in enumerate(asins):
        categories = [catalogue.categories(n)]
        yield {"asin": asin, "title": titles[n], "categories": categories, "cast": catalogue.cast_names(n)}


def reviewed(reviewer, choices, ratings, part, reviewers, asins):
    """Yield the reviews at `part`, a slice, as dictionaries."""
    users, items, stars = choices.users[part], choices.items[part], ratings[part]
    texts, summaries = reviewer.write(users, items, stars)
    for user, item, text, rating, summary in zip(users, items, texts, stars.tolist(), summaries, strict=True):
        names = {"reviewerID": reviewers[user], "asin": asins[item]}
        yield names | {"reviewText": text, "overall": float(rating), "summary": summary}


def write_lines(path, lines):
    """Write ASCII lines to a gzip file that names no time and no place."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", compresslevel=9, fileobj=raw, mtime=0) as file:
        file.writelines((line + "\n").encode("ascii") for line in lines)


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
    step = size * 618 // 1000 // 6 * 6 + 1  # has no factor in common with 36**digits, so no code comes twice
    numbers = ((n + 1 + seed) * step % size for n in range(count))
    return [prefix + "".join(alphabet[number // 36**d % 36] for d in range(digits)) for number in numbers]


def rate(seed, choices):
    """Return the ratings (nb_reviews,), 1 to 5, of the chosen pairs, and what is true about them, as parts of a Truth.

    score = leniency of the user + quality of the item + taste of the user . traits of the item, the last the louder the
    more reviews both have; the rating follows from score + noise, in such steps that each comes as often as it should.
    """
    draws, users, items = Draws([seed, RATINGS]), choices.users, choices.items
    match = dot(LIKING * choices.tastes[users], choices.traits[items])
    for which, exponent in zip((items, users), LOUDNESS, strict=True):
        match = match * root_power(np.bincount(which), *exponent)[which]
    user_biases = of_variance(LENIENCY, draws.normal(len(choices.tastes)), users)
    item_biases = of_variance(QUALITY, draws.normal(len(choices.traits)), items)
    score = user_biases[users] + item_biases[items] + of_variance(TASTE, match)
    latent = score + draws.normal(len(users))
    thresholds = steps(latent, SHARES)
    means, variances = rating_moments(score, thresholds)
    truth = {
        "rating_means": means.round(4),
        "noise_floor": round(mean(variances), 4),
        "user_biases": user_biases.round(4),
        "item_biases": item_biases.round(4),
        "choosing": CHOOSING,
        "liking": LIKING,
        "tastes": choices.tastes.round(4),
        "traits": choices.traits.round(4),
    }
    return 1 + np.searchsorted(thresholds, latent), truth


def steps(latent, shares):
    """Return the values between which lie the given `shares` of `latent`, from below: one fewer than shares."""
    ordered = latent[argsort(latent)]
    cuts = [round(share * len(latent)) for share in np.cumsum(shares)[:-1].tolist()]
    return np.array([(ordered[cut - 1] + ordered[cut]) / 2 for cut in cuts])


def of_variance(variance, values, which=slice(None)):
    """Shift and scale `values` so that values[which] have mean 0 and the given variance."""
    chosen = values[which]
    centre = mean(chosen)
    return (values - centre) * math.sqrt(variance / mean((chosen - centre) * (chosen - centre)))


def rating_moments(score, thresholds):
    """Mean and variance of the rating 1 + #(thresholds below score + noise), for each score (n,)."""
    means, squares = np.ones(len(score)), np.ones(len(score))
    for k, threshold in enumerate(thresholds, 1):
        above = noise_cdf(score - threshold)  # P(rating > k)
        means = means + above
        squares = squares + above * (2 * k + 1)  # r ** 2 = 1 + sum of 2k + 1 over all k < r
    return means, squares - means * means


def noise_cdf(x):
    """Distribution function of `Draws.normal`, interpolated between exact values."""
    place = ((x + NORMAL_PARTS // 2) * CDF_STEPS).clip(0, len(CDF) - 1)
    below = place.astype(np.int64).clip(max=len(CDF) - 2)
    return CDF[below] + (place - below) * (CDF[below + 1] - CDF[below])
