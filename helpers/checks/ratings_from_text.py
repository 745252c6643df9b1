"""Checks of notebook 3."""

import copy
import random

from helpers.checks.collate import check_columns_of_reviews, check_words, expect_batch
from helpers.checks.profile_step import check_step
from helpers.checks.text_models import PLAIN, PROFILE, check_text_model
from helpers.checks.verdict import Wrong, exercise, given
from helpers.reviews import Review

HAND_MADE = [Review(2, 0, [4, 7, 4, 2], 5.0), Review(0, 1, [3], 4.0), Review(1, 0, [1, 2], 1.0)]
ONE_WORD = [Review(3, 5, [1], 2.0)]


@exercise("3.1", "a batch of texts", points=2)
def tuple_batch_text(tuple_batch_text):
    """Check `tuple_batch_text(batch)`: reviews -> users (B,), items (B,), reviews (B, L), ratings (B,)."""
    for reviews in [HAND_MADE, ONE_WORD, random_reviews(7, 30), random_reviews(1, 5), random_reviews(4, 1)]:
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


@exercise("3.2", "a rating from words", points=2)
def rating_pred(RatingPred):
    """Check `RatingPred`: the mean of the words' vectors, through a linear layer."""
    check_text_model(RatingPred, PLAIN)


@exercise("3.3", "rating from user, item and text", points=2)
def rating_pred_profile(RatingPredProfile):
    """Check `RatingPredProfile`: user, item and the mean of the words' vectors, through a linear layer."""
    check_text_model(RatingPredProfile, PROFILE)


@exercise("3.4", "its step", points=1)
def profile_step(profile_step):
    """Check `profile_step(model, batch)`: -> loss, mse, on a model of the check's own."""
    check_step(profile_step)


def random_reviews(count, longest):
    """Return encoded reviews of 1 to `longest` words: the first of `longest`, the second, if there is one, of 1."""
    lengths = [longest, 1, *(random.randint(1, longest) for _ in range(count))][:count]
    words = [[random.randint(1, 50) for _ in range(length)] for length in lengths]
    return [Review(random.randrange(99), random.randrange(99), row, float(random.randint(1, 5))) for row in words]
