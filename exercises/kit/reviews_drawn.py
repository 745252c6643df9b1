"""Encoded reviews with ids of the session's whole range, for hidden tests."""

import random
from collections.abc import Iterable

from exercises.kit.comparison import ITEMS, USERS, WORDS
from helpers.reviews import Review

VOCABULARIES = range(1, 40), range(1, WORDS), range(WORDS - 40, WORDS)  # frequent words, all words, rare ones


def reviews_of(lengths: Iterable[int], draw: random.Random, distinct: bool = False) -> list[Review]:
    """Return encoded reviews of these lengths, of all words, frequent or rare ones; distinct: no word comes twice."""
    return [review_of(length, draw, distinct) for length in lengths]


def review_of(length: int, draw: random.Random, distinct: bool) -> Review:
    """Return an encoded review of this length."""
    ids = range(1, WORDS) if distinct else draw.choice(VOCABULARIES)
    words = draw.sample(ids, length) if distinct else draw.choices(ids, k=length)
    return Review(draw.randrange(USERS), draw.randrange(ITEMS), words, float(draw.randint(1, 5)))
