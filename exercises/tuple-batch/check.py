"""The check of the first collate function, which leaves the texts as they are."""

import copy

import torch

from exercises.kit.collate import OUTPUTS, check_columns_of_reviews, random_reviews
from exercises.kit.expect import check, given, say
from exercises.kit.given.refusals import StillToDo, Wrong
from helpers.reviews import Review

WHERE = "tuple_batch"
HAND_MADE = [Review(2, 0, [4, 7, 4, 2], 5.0), Review(0, 1, [3], 4.0), Review(1, 0, [1, 2], 1.0)]


@check("tuple-batch")
def tuple_batch(tuple_batch):
    """Check `tuple_batch(batch)`: reviews -> users (B,), items (B,), texts (B lists of ids), ratings (B,)."""
    equally_long = random_reviews([3, 3, 3, 3, 3], highest_word=50)
    several = random_reviews([5, 1, 9, 2], highest_word=50)
    for reviews in [HAND_MADE, equally_long, several, random_reviews([4], highest_word=50)]:
        check_batch(tuple_batch, reviews)


def check_batch(tuple_batch, reviews):
    """Refuse what becomes of `reviews` unless it is the four columns of the batch, three of them tensors."""
    handed_over = copy.deepcopy(reviews)
    with given(f"a list of {len(reviews)} reviews"):
        columns = tuple_batch(handed_over)
    batch = expect_columns(columns, reviews)
    check_texts(batch["reviews"], reviews)
    check_columns_of_reviews(batch, reviews, WHERE)
    if handed_over != reviews:
        raise Wrong("`tuple_batch` changes the reviews it is given, which the next epoch still needs.")


def expect_columns(columns, reviews):
    """Refuse what is returned unless it is four columns; return them by name."""
    several = isinstance(columns, tuple | list)
    if columns is ... or (several and any(column is ... for column in columns)):
        raise StillToDo(f"replace the `...` in `{WHERE}`.")
    if several and [*columns] in ([*reviews], [(review,) for review in reviews]):
        raise Wrong(
            "these are still the reviews, one after the other: a batch is four columns.\n"
            "  zip(*batch) turns rows into columns; zip(batch) does not."
        )
    if not several or len(columns) != len(OUTPUTS):
        came = f"{len(columns)} values." if several else f"a single {type(columns).__name__}."
        if columns is None:
            came = "None: does it end with `return`?"
        raise Wrong(f"`{WHERE}` should return users, items, texts, ratings: 4 values.\n  It returned {came}")
    batch = dict(zip(OUTPUTS, columns, strict=True))
    for of in ("users", "items", "ratings"):
        if isinstance(batch[of], tuple | list):
            kind = type(batch[of]).__name__
            if any(isinstance(part, tuple | list) for part in batch[of]):
                raise Wrong(
                    f"in the place of the {of} are the texts. Return users, items, texts, ratings, in this order."
                )
            raise Wrong(f"the returned `{of}` is a {kind}, expected a tensor: torch.tensor makes one of the numbers.")
    return batch


def is_list(value):
    """Return whether a value is a list or a tuple, of which Review is one."""
    return isinstance(value, tuple | list)


def check_texts(texts, reviews):
    """Refuse `texts` unless it is a list or tuple of the word ids of each review, in order."""
    what, expected = "the returned `texts`", [review.words for review in reviews]
    if isinstance(texts, torch.Tensor):
        shape = tuple(texts.shape)
        if texts.is_floating_point() and shape == (len(reviews),):
            raise Wrong(f"{what} has the shape of the ratings. Return users, items, texts, ratings, in this order.")
        raise Wrong(
            f"{what} is a tensor of shape {shape}, expected the lists as they are.\n"
            "  Texts have different lengths, and a tensor has no ragged edge: notebook 3 deals with that."
        )
    if not is_list(texts):
        raise Wrong(
            f"{what} is of type {type(texts).__name__}, expected a list or tuple with a list of ids per review."
        )
    if len(texts) != len(expected):
        hint = "\n  Are the words of all reviews in one list?" if len(texts) == sum(map(len, expected)) else ""
        raise Wrong(f"{what} holds {len(texts)} texts for {len(expected)} reviews.{hint}")
    for n, (text, words) in enumerate(zip(texts, expected, strict=True)):
        if isinstance(text, torch.Tensor):
            raise Wrong(f"{what} holds tensors, expected the lists of word ids as they are.")
        if not is_list(text) or list(text) != words:
            came = say(list(text)) if is_list(text) else f"of type {type(text).__name__}"
            raise Wrong(f"text {n} of {what} should be the words of review {n}, {words}; it is {came}.")
