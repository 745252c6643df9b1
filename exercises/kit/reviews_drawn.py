"""Encoded reviews with ids of the session's whole range, for hidden tests."""

import random
from collections.abc import Iterable

from exercises.kit.comparison import ITEMS, USERS, WORDS
from helpers.reviews import Review


def reviews_of(lengths: Iterable[int], draw: random.Random, distinct: bool = False) -> list[Review]:
    """Return encoded reviews of these lengths; distinct: no word of a review comes twice."""
    return [review_of(length, draw, distinct) for length in lengths]


def review_of(length: int, draw: random.Random, distinct: bool) -> Review:
    """Return an encoded review of this length."""
    ids = range(1, WORDS)
    words = draw.sample(ids, length) if distinct else draw.choices(ids, k=length)
    return Review(draw.randrange(USERS), draw.randrange(ITEMS), words, float(draw.randint(1, 5)))
