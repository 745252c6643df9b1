"""The check of a collate function that pads."""

import copy
import random

from exercises.kit.collate import check_columns_of_reviews, check_words, expect_batch, random_reviews
from exercises.kit.expect import check, given
from exercises.kit.given.refusals import Wrong
from helpers.reviews import Review

HAND_MADE = [Review(2, 0, [4, 7, 4, 2], 5.0), Review(0, 1, [3], 4.0), Review(1, 0, [1, 2], 1.0)]
ONE_WORD = [Review(3, 5, [1], 2.0)]


@check("tuple-batch-text")
def tuple_batch_text(tuple_batch_text):
    """Check `tuple_batch_text(batch)`: reviews -> users (B,), items (B,), reviews (B, L), ratings (B,)."""
    for reviews in [HAND_MADE, ONE_WORD, drawn(7, 30), drawn(1, 5), drawn(4, 1)]:
        handed_over = copy.deepcopy(reviews)
        with given(f"{len(reviews)} reviews of {[len(review.words) for review in reviews]} words"):
            tensors = tuple_batch_text(handed_over)
        batch = expect_batch(tensors, "tuple_batch_text")
        check_words(batch["reviews"], reviews, "tuple_batch_text")
        check_columns_of_reviews(batch, reviews, "tuple_batch_text")
        if handed_over != reviews:
            raise Wrong(
                "`tuple_batch_text` changes the reviews it is given, which the next epoch still needs.\n"
                "  Is a list of words changed in place, by += or .append() or .extend()? Make a new list."
            )


def drawn(count, longest):
    """Return encoded reviews of 1 to `longest` words: the first of `longest`, the second, if there is one, of 1."""
    lengths = [longest, 1, *(random.randint(1, longest) for _ in range(count))][:count]
    return random_reviews(lengths, highest_word=50)
