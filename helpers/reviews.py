"""Reviews: what one is, its words, how many are split, and how they are kept as arrays."""

import random
import re
import unicodedata
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from platformdirs import user_data_path

from helpers.errors import PlainError

ROOT = Path(__file__).resolve().parents[1]
# from the wheel, as on a hub, the reviews lie in the package, and what is written goes where the user may write
PACKED = Path(__file__).resolve().with_name("dataset")
DATASET = user_data_path("recommenders2") if PACKED.exists() else ROOT / "dataset"
PADDING, UNKNOWN, FIRST_WORD = 0, 1, 2  # word ids
NB_FOLDS = 8


class DataError(PlainError, ValueError):
    """Data that cannot be used. The text says what is wrong, in which file and line, and what to do."""


class Review(NamedTuple):
    """One review: as strings when it comes from a file, as ids once it is encoded."""

    user: str | int
    item: str | int
    words: list[str] | list[int]
    rating: float  # 1 to 5 stars


def shown(path):
    """Return `path` as text; inside the project it starts at the root, so that it reads the same on every machine."""
    path = Path(path).absolute()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


# --- words

# Change the number whenever `tokenise` changes: words that were kept under the old number are then read anew.
TOKENISER_VERSION = 1

# Python's \w takes "½" for a letter and leaves out the marks that vowels are written with in Hindi, Thai or Hebrew.
_BASIC_PLANE = [(chr(code), unicodedata.category(chr(code))[0]) for code in range(128, 0x10000)]
_NUMBERS = "".join(char for char, category in _BASIC_PLANE if category == "N")
_MARKS = "".join(char for char, category in _BASIC_PLANE if category == "M")
_RUN = rf"[^\W\d_{_NUMBERS}]+(?:[{_MARKS}]+[^\W\d_{_NUMBERS}]*)*"
_UNICODE_WORD = re.compile(rf"{_RUN}(?:'{_RUN})*")
_ASCII_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")


def tokenise(text):
    """Return the lower-cased words of `text`: letters of any alphabet, with the apostrophes inside words ("don't")."""
    text = text.lower()
    if text.isascii():
        return _ASCII_WORD.findall(text)
    return _UNICODE_WORD.findall(text.replace("’", "'"))


# --- split


def split_reviews(reviews, fold=0, seed=0):
    """Return the training, validation and test part of a sequence, as lists.

    The reviews at positions i with i % 8 == fold are held out; half of them, drawn with `seed`, validate, the others
    test. (Cut in file order, the two halves would hold different items: files are sorted by item.)
    """
    if fold not in range(NB_FOLDS):
        raise DataError(f"fold must be a whole number from 0 to {NB_FOLDS - 1}, it is {fold!r}.")
    train = [review for i, review in enumerate(reviews) if i % NB_FOLDS != fold]
    held_out = [review for i, review in enumerate(reviews) if i % NB_FOLDS == fold]
    random.Random(seed).shuffle(held_out)
    half = len(held_out) // 2
    return train, held_out[:half], held_out[half:]


# --- arrays


class Reviews(Sequence):
    """Encoded reviews, kept as five arrays; a sequence of Review with ids for users, items and words.

    users, items: int64 (N,); ratings: float32 (N,); words: int32, of all reviews in a row; offsets: int64 (N + 1,), so
    that review i has the words from offsets[i] to offsets[i + 1]. Read one by one, a review without words is [1].
    """

    def __init__(self, users, items, ratings, words, offsets):
        self.users = np.asarray(users, dtype=np.int64)
        self.items = np.asarray(items, dtype=np.int64)
        self.ratings = np.asarray(ratings, dtype=np.float32)
        self.words = np.asarray(words, dtype=np.int32)
        self.offsets = np.asarray(offsets, dtype=np.int64)
        nb_reviews = len(self.ratings)
        if not len(self.users) == len(self.items) == len(self.offsets) - 1 == nb_reviews:
            raise ValueError("Reviews needs as many users as items and ratings, and one offset more.")
        if self.offsets[0] != 0 or self.offsets[-1] != len(self.words) or (np.diff(self.offsets) < 0).any():
            raise ValueError("The offsets of Reviews must rise from 0 to the number of words.")

    @classmethod
    def from_list(cls, reviews):
        """Return encoded reviews, given one by one as Review, as arrays."""
        users, items, words, ratings = zip(*reviews, strict=True) if reviews else ((), (), (), ())
        offsets = np.cumsum([0, *map(len, words)])
        return cls(users, items, ratings, list(chain.from_iterable(words)), offsets)

    def __len__(self):
        return len(self.ratings)

    def __getitem__(self, index):
        """Return the Review at an integer; Reviews for a slice, an array of positions or a mask (N,)."""
        if isinstance(index, int | np.integer):
            return self.__getitems__([index])[0]
        chosen = np.arange(len(self))[index]
        lengths = self.lengths[chosen]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        positions = np.arange(offsets[-1]) + np.repeat(self.offsets[chosen] - offsets[:-1], lengths)
        return Reviews(self.users[chosen], self.items[chosen], self.ratings[chosen], self.words[positions], offsets)

    def __getitems__(self, indices):
        """Return the reviews at `indices` as a list of Review; a torch DataLoader fetches its batches this way."""
        chosen = [range(len(self))[index] for index in indices]
        columns = (self.users, self.items, self.offsets, self.offsets[1:], self.ratings)
        return [
            Review(user, item, self.words[start:end].tolist() or [UNKNOWN], rating)
            for user, item, start, end, rating in zip(*(column[chosen].tolist() for column in columns), strict=True)
        ]

    def __iter__(self):
        for start in range(0, len(self), 1024):  # by the thousand: four times as fast as one by one
            yield from self.__getitems__(range(start, min(start + 1024, len(self))))

    def keep_words(self, kept):
        """Return the same reviews with those words alone for which the mask `kept` (one value per word) is True."""
        offsets = np.concatenate([[0], np.cumsum(kept)])[self.offsets]
        return Reviews(self.users, self.items, self.ratings, self.words[kept], offsets)

    @property
    def lengths(self):
        """The number of words of each review, (N,)."""
        return np.diff(self.offsets)

    def __repr__(self):
        return f"Reviews({len(self):,} reviews, {len(self.words):,} words)"
