"""The reviews that submissions are graded on: few, made anew for each course, with ratings that biases explain.

A model trained on them in the sandbox is judged by ratings that never were there: drawn again, from what the grader
alone knows, for the held-out reviews of the same users and items.
"""

import gzip
import hashlib
import json
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from authoring.generator.reviews import write_reviews
from grading.files import replace

NB_REVIEWS, NB_USERS, NB_ITEMS = 12_000, 500, 300
MEAN, BIAS, NOISE = 3.4, 0.6, 0.7  # of the ratings: their mean, and the standard deviations of a bias and of the noise


class GradedReviews:
    """The file of reviews that `seed` gives, in a folder of its own below `folder`, and what is behind its ratings.

    It is written when it is asked for first, by whichever process that is; the same seed gives the same file.
    """

    def __init__(self, folder: str | Path, seed: int) -> None:
        self.path = Path(folder) / hashlib.sha256(str(seed).encode()).hexdigest()[:16] / "reviews.json.gz"
        self.seed = seed
        if not self.path.exists():
            self._write()
        reviews = read(self.path)
        self.random = np.random.default_rng([seed, 1])
        self.users, self.items = (self._biases(reviews, key) for key in ("reviewerID", "asin"))

    def _write(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / self.path.name
            write_reviews(path, self.seed, NB_REVIEWS, NB_USERS, NB_ITEMS)
            reviews = read(path)
        self.random = np.random.default_rng([self.seed, 1])
        self.users, self.items = (self._biases(reviews, key) for key in ("reviewerID", "asin"))
        ratings = self._rate([review["reviewerID"] for review in reviews], [review["asin"] for review in reviews])
        for review, rating in zip(reviews, ratings, strict=True):
            review["overall"] = rating
        lines = "".join(json.dumps(review) + "\n" for review in reviews)
        replace(self.path, gzip.compress(lines.encode("ascii"), mtime=0))

    def _biases(self, reviews: list[dict[str, Any]], key: str) -> dict[str, float]:
        names = sorted({review[key] for review in reviews})
        return dict(zip(names, self.random.normal(0, BIAS, len(names)).tolist(), strict=True))

    def _rate(self, users: list[str], items: list[str]) -> list[float]:
        """Draw ratings from 1 to 5 for pairs of users and items."""
        biases = np.array([self.users[user] + self.items[item] for user, item in zip(users, items, strict=True)])
        return np.clip((MEAN + biases + self.random.normal(0, NOISE, len(biases))).round(), 1, 5).tolist()

    def unseen(self, data: SimpleNamespace) -> SimpleNamespace:
        """Return `data`, as load_data gives it for this file, with other ratings of its validation reviews."""
        val = data.val
        users, items = ([names[n] for n in ids] for names, ids in [(data.users, val.users), (data.items, val.items)])
        self.random = np.random.default_rng([self.seed, 2])
        ratings = np.array(self._rate(users, items), dtype=val.ratings.dtype)
        val = SimpleNamespace(users=val.users, items=val.items, ratings=ratings)
        return SimpleNamespace(nb_users=data.nb_users, nb_items=data.nb_items, train=data.train, val=val)


def read(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file of reviews as dictionaries."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]
