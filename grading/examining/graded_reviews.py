"""The reviews that submissions are graded on: few, made anew for each course; biases and tastes explain their ratings.

A model trained on them in the sandbox is judged by what only an honest training gives. It foretells ratings that never
were there: drawn again for the held-out reviews of the same users and items. Its vectors hold the tastes. And it knows
nothing of the chance that is in the validation and the test ratings: who trains on these, too, learns their chance.
The test ratings are nothing but chance, so whoever chooses the epoch by them keeps a model that has learned little.

What students' code sees says nothing about what it does not see: each generator has a seed of its own.
"""

import gzip
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from authoring.generator.reviews import write_reviews
from grading.files import replace
from grading.seeds import keyed
from grading.seeds import seed as seed_of
from helpers.reviews import split_reviews

NB_REVIEWS, NB_USERS, NB_ITEMS = 12_000, 500, 300
MEAN, BIAS, TASTE, NOISE = 3.4, 0.6, 0.7, 0.7  # of the ratings: the mean; how far each part moves one, as a rule

Names = Sequence[str]


class Evidence(NamedTuple):
    """What is behind ratings that a submission has seen, one number per review."""

    users: np.ndarray
    items: np.ndarray
    chance: np.ndarray  # what no user and no item explains
    taste: np.ndarray  # what the user's and the item's vector should explain


class GradedReviews:
    """The file of reviews that `seed` gives, in a folder of its own below `folder`, and what is behind its ratings.

    It is written when it is asked for first, by whichever process that is; the same seed gives the same file. seed: a
    number below 2**256; it is a secret.
    """

    def __init__(self, folder: str | Path, seed: int) -> None:
        self.key = seed.to_bytes(32, "big")
        self.path = Path(folder) / keyed(self.key, "folder").hex()[:16] / "reviews.json.gz"
        if self.path.exists():
            self._draw(read(self.path))
        else:
            self._write()

    def _write(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / self.path.name
            write_reviews(path, seed_of(self.key, "reviews"), NB_REVIEWS, NB_USERS, NB_ITEMS)
            reviews = read(path)
        self._draw(reviews)
        random = self._random("ratings")
        ratings = self._rate(random, *([review[key] for review in reviews] for key in ("reviewerID", "asin")))
        _, _, test = split_reviews(range(len(reviews)), 0)
        ratings[test] = random.choice([1.0, 5.0], len(test), p=[0.4, 0.6])  # of about the mean that the others have
        for review, rating in zip(reviews, ratings.tolist(), strict=True):
            review["overall"] = rating
        lines = "".join(json.dumps(review) + "\n" for review in reviews)
        replace(self.path, gzip.compress(lines.encode("ascii"), mtime=0))

    def _draw(self, reviews: list[dict[str, Any]]) -> None:
        """Draw a bias and a taste for each user and each item."""
        random = self._random("biases")
        self.biases, self.tastes = {}, {}
        for name in sorted({review[key] for review in reviews for key in ("reviewerID", "asin")}):
            self.biases[name], self.tastes[name] = random.normal(0, BIAS), random.choice([-1.0, 1.0])

    def _random(self, purpose: str) -> np.random.Generator:
        return np.random.default_rng(seed_of(self.key, purpose))

    def _taste(self, users: Names, items: Names) -> np.ndarray:
        pairs = zip(users, items, strict=True)
        return np.array([TASTE * self.tastes[user] * self.tastes[item] for user, item in pairs])

    def _expected(self, users: Names, items: Names) -> np.ndarray:
        biases = [self.biases[user] + self.biases[item] for user, item in zip(users, items, strict=True)]
        return MEAN + np.array(biases) + self._taste(users, items)

    def _rate(self, random: np.random.Generator, users: Names, items: Names) -> np.ndarray:
        """Draw ratings from 1 to 5 for pairs of users and items."""
        expected = self._expected(users, items)
        return np.clip((expected + random.normal(0, NOISE, len(expected))).round(), 1, 5)

    def unseen(self, data: SimpleNamespace) -> SimpleNamespace:
        """Return `data`, as load_data gives it for this file, with other ratings of its validation reviews."""
        val = data.val
        ratings = self._rate(self._random("unseen"), *named(data, val)).astype(val.ratings.dtype)
        val = SimpleNamespace(users=val.users, items=val.items, ratings=ratings)
        return SimpleNamespace(nb_users=data.nb_users, nb_items=data.nb_items, train=data.train, val=val)

    def evidence(self, data: SimpleNamespace) -> dict[str, Evidence]:
        """Return what is behind the validation and the test ratings that submissions see."""
        parts = {"validation": data.val, "test": data.test}
        expected = {"validation": self._expected(*named(data, data.val)), "test": data.test.ratings.mean()}
        return {
            name: Evidence(part.users, part.items, part.ratings - expected[name], self._taste(*named(data, part)))
            for name, part in parts.items()
        }


def named(data: SimpleNamespace, part: SimpleNamespace) -> tuple[Names, Names]:
    """Return the names of the users and of the items of encoded reviews."""
    return [data.users[n] for n in part.users], [data.items[n] for n in part.items]


def read(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file of reviews as dictionaries."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]
