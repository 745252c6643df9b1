"""The reviews that submissions are graded on: few, made anew for each course, with ratings that biases explain.

A model trained on them in the sandbox is judged by ratings that never were there: drawn again, from what the grader
alone knows, for the held-out reviews of the same users and items.
"""

import gzip
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from helpers.generator import truth_path, write_reviews

NB_REVIEWS, NB_USERS, NB_ITEMS = 12_000, 500, 300
MEAN, BIAS, NOISE = 3.4, 0.6, 0.7  # of the ratings: their mean, and the standard deviations of a bias and of the noise


class GradedReviews:
    """A file of reviews in `folder`, made from `seed`, and the biases behind its ratings."""

    def __init__(self, folder, seed):
        self.path = Path(folder) / "reviews.json.gz"
        self.random = np.random.default_rng(seed)
        write_reviews(self.path, seed, NB_REVIEWS, NB_USERS, NB_ITEMS)
        truth_path(self.path).unlink()  # it speaks of other ratings
        with gzip.open(self.path, "rt", encoding="utf-8") as file:
            reviews = [json.loads(line) for line in file]
        self.users, self.items = (self._biases(reviews, key) for key in ("reviewerID", "asin"))
        ratings = self._rate([review["reviewerID"] for review in reviews], [review["asin"] for review in reviews])
        for review, rating in zip(reviews, ratings, strict=True):
            review["overall"] = rating
        with gzip.GzipFile(self.path, "wb", mtime=0) as file:
            file.write("".join(json.dumps(review) + "\n" for review in reviews).encode("ascii"))

    def _biases(self, reviews, key):
        names = sorted({review[key] for review in reviews})
        return dict(zip(names, self.random.normal(0, BIAS, len(names)).tolist(), strict=True))

    def _rate(self, users, items):
        """Draw ratings from 1 to 5 for pairs of users and items."""
        biases = np.array([self.users[user] + self.items[item] for user, item in zip(users, items, strict=True)])
        return np.clip((MEAN + biases + self.random.normal(0, NOISE, len(biases))).round(), 1, 5).tolist()

    def unseen(self, data):
        """Return `data`, as load_data gives it for this file, with other ratings of its validation reviews."""
        val = data.val
        users, items = ([names[n] for n in ids] for names, ids in [(data.users, val.users), (data.items, val.items)])
        ratings = np.array(self._rate(users, items), dtype=val.ratings.dtype)
        val = SimpleNamespace(users=val.users, items=val.items, ratings=ratings)
        return SimpleNamespace(nb_users=data.nb_users, nb_items=data.nb_items, train=data.train, val=val)
