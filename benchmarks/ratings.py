"""Ratings: a split in memory, kept as a file of arrays, so that reading reviews is no part of a measurement."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from authoring.generator.catalogue import Catalogue
from authoring.generator.choices import Choices
from authoring.generator.reviews import SIZE, rate
from authoring.generator.shipped import VERSION
from helpers.data import DATASET, load_data
from helpers.generated import replacing
from helpers.reviews import Reviews, split_reviews

PARTS = ("train", "val", "test")


@dataclass(frozen=True, eq=False)
class Ratings:
    """Encoded reviews without their words, split."""

    train: Reviews
    val: Reviews
    test: Reviews
    nb_users: int
    nb_items: int

    @property
    def mean(self):
        """The mean of the training ratings."""
        return float(self.train.ratings.mean(dtype=np.float64))

    def save(self, path):
        """Write the arrays to `path`, and return it as text."""
        arrays = {
            f"{part}_{column}": getattr(getattr(self, part), column)
            for part in PARTS
            for column in ("users", "items", "ratings")
        }
        with Path(path).open("wb") as file:
            np.savez(file, sizes=[self.nb_users, self.nb_items], **arrays)
        return str(path)

    @classmethod
    def load(cls, path):
        """Read back what `save` wrote."""
        with np.load(path) as arrays:
            parts = (
                wordless(*(arrays[f"{part}_{column}"] for column in ("users", "items", "ratings"))) for part in PARTS
            )
            return cls(*parts, *arrays["sizes"].tolist())


def wordless(users, items, ratings):
    """Return Reviews that hold no words."""
    return Reviews(users, items, ratings, [], np.zeros(len(ratings) + 1))


def ratings_at_hand():
    """Return the ratings of the reviews that the notebooks would read."""
    data = load_data(quiet=True)
    parts = (wordless(part.users, part.items, part.ratings) for part in (data.train, data.val, data.test))
    return Ratings(*parts, data.nb_users, data.nb_items)


@contextmanager
def ratings_file():
    """Offer the path of a file of `ratings_at_hand()`."""
    with TemporaryDirectory() as folder:
        yield ratings_at_hand().save(Path(folder) / "ratings.npz")


def grown(times, seed=0):
    """Return generated ratings, `times` as many as Instant Video has, of so many more users and items."""
    size = {name: round(count * times) for name, count in SIZE.items()}
    choices = Choices.draw(seed, Catalogue.draw(seed, size["nb_items"]), size["nb_reviews"], size["nb_users"])
    users, items, (ratings, _) = choices.users, choices.items, rate(seed, choices)
    train, *held_out = (np.array(part) for part in split_reviews(range(len(ratings))))
    known = np.isin(users, users[train]) & np.isin(items, items[train])
    parts = (wordless(users[part], items[part], ratings[part]) for part in (train, *(p[known[p]] for p in held_out)))
    return Ratings(*parts, size["nb_users"], size["nb_items"])


def grown_file(times):
    """Return the path of `grown(times)`, which is drawn once and kept in dataset/: at 100 times it takes minutes."""
    path = DATASET / f"generated_ratings_v{VERSION}_x{times:g}.npz"
    if not path.exists():
        with replacing(path) as temporary:
            grown(times).save(temporary)
    return str(path)


def mse(predicted, reviews):
    """Return the mean squared error of `predicted` ratings (N,), clipped to nothing, on encoded `reviews`."""
    return float(np.mean((np.asarray(predicted) - reviews.ratings) ** 2))
