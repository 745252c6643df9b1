"""The whole session on unusual files: each notebook runs to its end, or says in a sentence why it cannot.

The solved notebooks are executed in a copy of the project, since they keep results beside it.
"""

import gzip
import json
import os
import random
import re
import shutil
import unicodedata

import pytest

from authoring.notebooks import execute, read, solution_paths
from helpers.data import ROOT
from helpers.reviews import tokenise

GOOD = [
    "great",
    "sehr gut",
    "отличный",
    "很好",
    "अच्छा",
    "ممتاز",
    "très réussi 😀",
    "재미있다",
    "cafe\u0301 noir 👩‍👩‍👧",
]
BAD = ["awful", "schlecht", "ужасный", "不好", "बुरा", "سيئ", "raté 😡", "지루하다", "zá\u0323klamán\u0301í 🇫🇷"]
ALPHABETS = "aeinorst", "абвгдеик", "αβγδεηικ", "あいうえかきくけ", "가나다라마바사아", "कखगचजतनप", "بتجحدرسع"
MARKS = "\u0301\u0323\u0308"  # combining: an acute accent, a dot below, a diaeresis


def made_up_words(alphabets, count, rng):
    """Return different words of 4 to 8 letters, each of one alphabet; a tenth have a combining mark."""
    words = set()
    while len(words) < count:
        word = "".join(rng.choices(rng.choice(alphabets), k=rng.randint(4, 8)))
        words.add(word + rng.choice(MARKS) if len(alphabets) > 1 and rng.random() < 0.1 else word)
    return sorted(words)


def write_reviews(path, nb_reviews, nb_users, nb_items, words, nb_words, opinions=(GOOD[:1], BAD[:1]), longest=()):
    """Write reviews in which there is something to learn, sorted by item, as gzipped JSON lines; return `path`.

    Users and items have tastes, and a text says with a word of `opinions` whether the rating is high. Its other
    `nb_words` come from `words`, the first ones most often and some only about one item; the reviews at the positions
    `longest` have 100,000.
    """
    rng = random.Random(0)
    user_biases, item_biases = ([rng.gauss(0, 0.9) for _ in range(nb)] for nb in (nb_users, nb_items))
    weights = [1 / (rank + 10) for rank in range(len(words))]
    users = [n % nb_users for n in range(nb_reviews)]
    rng.shuffle(users)
    lines = []
    for n, user in enumerate(users):
        item = n * nb_items // nb_reviews
        rating = min(5, max(1, round(3.5 + user_biases[user] + item_biases[item] + rng.gauss(0, 0.3))))
        own = words[len(words) // 3 + item :: nb_items]
        count = 100_000 if n in longest else nb_words
        text = [rng.choice(opinions[rating < 4]) for _ in range(count // 6)]
        text += rng.choices(words, weights, k=count // 2) + rng.choices(own, k=count // 3) if count else []
        rng.shuffle(text)
        review = {"reviewerID": f"A{user}", "asin": f"B{item}", "reviewText": " ".join(text), "overall": float(rating)}
        lines.append(json.dumps(review, ensure_ascii=False))
    path.write_bytes(gzip.compress("\n".join(lines).encode("utf-8"), compresslevel=1))
    return path


def without_texts(path):
    return write_reviews(path, 600, 60, 40, words=[], nb_words=0)


def with_few_reviews(path):
    words = made_up_words(ALPHABETS[:1], 4_000, random.Random(0))
    return write_reviews(path, 200, 30, 25, words, nb_words=60)


def with_many_alphabets(path):
    words = made_up_words(ALPHABETS, 4_000, random.Random(0))
    return write_reviews(path, 600, 60, 40, words, nb_words=60, opinions=(GOOD, BAD), longest=(0, 1))


FILES = {"no texts": without_texts, "200 reviews": with_few_reviews, "many alphabets": with_many_alphabets}
