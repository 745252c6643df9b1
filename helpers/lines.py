"""Lines: reviews as the lines of a file, in each of the forms in which Amazon's were collected."""

import json
import re
import sys
import warnings
from ast import literal_eval
from contextlib import closing

from helpers.files import read_text
from helpers.reviews import DataError, Review, shown, tokenise

FORMS = [  # what user, item, text and rating are called
    ("reviewerID", "asin", "reviewText", "overall"),  # in the collections of 2014 and 2018
    ("user_id", "parent_asin", "text", "rating"),  # in that of 2023
]
REPEATED = "that repeat the user and the item of an earlier one"
PYTHON = re.compile(r"\s*\{\s*[ub]?'")  # JSON never opens with this quote: a Python literal, as in 2014's loose files


class ReviewLines:
    """The reviews of a file, one by one as (user, item, text, rating), without those that cannot be used.

    After a pass over them, `left_out` says of the others {why: [how many, line of the first]}. Iterating raises
    DataError, which calls the file `name`, if given, where a line is no review, or the file none of reviews.
    """

    def __init__(self, path, name=None):
        self.path, self.name = path, name or shown(path)
        self.left_out = {}

    def __iter__(self):
        self.left_out = {}
        known, number = set(), 0
        for number, line in read_text(self.path, self.name):
            article, user, item, text, rating = _parse(line, f"{self.name}, line {number}")
            if why := _fault(rating) or (REPEATED if (user, article) in known else None):
                self.left_out.setdefault(why, [0, number])[0] += 1
                continue
            known.add((user, article))
            yield user, item, text, float(rating)
        if not number:
            raise DataError(f"{self.name} is empty: it holds no reviews at all.")
        if not known:
            raise DataError(f"{self.name} holds no review that can be used. {describe(self.left_out)}")


def describe(left_out):
    """Return in a sentence what `ReviewLines` left out; an empty text if that is nothing."""
    parts = [f"{count:,} {why} (first: line {number:,})" for why, (count, number) in left_out.items()]
    return f"Left out of the file: {'; '.join(parts)}." if parts else ""


def read_reviews(path, say=print):
    """Return the reviews of a file as a list of Review, in file order, their texts cut into words.

    Reviews without a rating from 1 to 5, and second ones of the same user and item, are left out: `say` tells. Raises
    DataError, which names the file and the line, where the file is not one of reviews.
    """
    lines = ReviewLines(path)
    reviews = [
        Review(user, item, [sys.intern(word) for word in tokenise(text)], rating)  # one string per word, not per use
        for user, item, text, rating in lines
    ]
    if lines.left_out:
        say(describe(lines.left_out))
    return reviews


def read_texts(path):
    """Return the texts of the reviews that `read_reviews` returns, as they stand."""
    return [text for _, _, text, _ in ReviewLines(path)]


def first_line(path, length):
    """Return the first `length` characters of the file's first line, as it stands."""
    with closing(read_text(path, shown(path))) as lines:
        return next((line[:length].rstrip("\r\n") for _, line in lines), "")


def _parse(line, where):
    """Return article, user, item, text and rating as the line gives them; an absent rating is None.

    In 2023 a product (parent_asin) comes in several articles (asin), such as colours, and who reviews two of them does
    not repeat a review. Elsewhere the article is the item.
    """
    review = _literal(line, where)
    if not isinstance(review, dict):
        raise DataError(f"{where}: a review is a JSON object, this line is {_kind(review)}.")
    keys = FORMS["reviewerID" not in review and "user_id" in review]
    for key in keys[:2]:
        if key not in review:
            raise DataError(f"{where}: the review has no '{key}'; it has: {_listed(review)}.")
        if not isinstance(review[key], str):
            raise DataError(f"{where}: '{key}' must be text, it is {_kind(review[key])}.")
    user, item, text, rating = map(review.get, keys)
    if text is None or text != text:  # NaN: a table's mark for what is missing
        text = ""  # many reviews of 2018 are stars alone
    if not isinstance(text, str):
        raise DataError(f"{where}: '{keys[2]}' must be text, it is {_kind(text)}.")
    return review.get("asin", item), user, item, text, _number(rating)


def _literal(line, where):
    """Return what is written in a line: in JSON or, with single quotes, as Python would write it."""
    python = PYTHON.match(line)
    try:
        if not python:
            return json.loads(line)
        with warnings.catch_warnings(action="ignore"):  # of backslashes that mean nothing
            return literal_eval(line.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
        fault = getattr(error, "msg", str(error))
        if not line.lstrip().startswith("{"):
            sentence = f"this is no review, it begins with {line.strip()[:20]!r}: a JSON object in braces is expected"
        elif re.search("unterminated|never closed", fault, re.I) or getattr(error, "pos", 0) >= len(line.strip()):
            sentence = "the review does not end here: was the file cut off? A review must stand on one line"
        elif fault == "Extra data":
            sentence = "something follows the review: a line holds one review, with no comma behind it"
        else:
            at = f", character {error.pos + 1}" if hasattr(error, "pos") else ""
            sentence = f"broken {'Python literal' if python else 'JSON'} ({fault}{at})"
        raise DataError(f"{where}: {sentence}.") from None


def _number(rating):
    """Return a rating that is written as text as a number, if it is one; any other as it is."""
    try:
        return float(rating) if isinstance(rating, str) else rating
    except ValueError:
        return rating


def _fault(rating):
    """Return why a review of this rating is left out; None if it is not."""
    if rating is None or rating == "" or rating != rating:
        return "without a rating"
    if isinstance(rating, bool) or not isinstance(rating, int | float):
        return "with a rating that is no number"
    return None if 1 <= rating <= 5 else "with a rating outside 1 to 5"


def _kind(value):
    """Return what a JSON value is, in JSON's words."""
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


def _listed(review):
    return ", ".join(repr(key) for key in list(review)[:6]) or "nothing"
