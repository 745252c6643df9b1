"""The check of a collate function that pads."""

import copy
import random

from exercises.kit.collate import check_columns_of_reviews, check_words, expect_batch, random_reviews
from exercises.kit.expect import check, given
from exercises.kit.given.refusals import Wrong
from helpers.reviews import Review

HAND_MADE = [Review(2, 0, [3], 5.0), Review(0, 1, [2, 7, 4, 2], 4.0), Review(1, 0, [5, 1], 1.0)]
# the longest is neither the first nor the largest in HAND_MADE; here it is one of them
FIRST, LARGEST = ([HAND_MADE[n] for n in (1, 0, 2)], [*HAND_MADE[:2], HAND_MADE[2]._replace(words=[1, 5])])
LONGER_THAN_ANY_LIMIT = (257, 700)  # words: text_loaders cuts at 256, the collate function at nothing


@check("tuple-batch-text")
def tuple_batch_text(tuple_batch_text):
    """Check `tuple_batch_text(batch)`: reviews -> users (B,), items (B,), reviews (B, L), ratings (B,)."""
    few = [HAND_MADE, *(random_reviews(lengths(*shape), 50) for shape in [(7, 30), (1, 5), (4, 1)])]
    long = [random.randint(*LONGER_THAN_ANY_LIMIT), *lengths(30, 200)]
    random.shuffle(long)
    for reviews in [*few, random_reviews(long, highest_word=10_001, highest_id=5_000)]:
        handed_over = copy.deepcopy(reviews)
        batch = expect_batch(collated(tuple_batch_text, handed_over), "tuple_batch_text")
        check_words(batch["reviews"], reviews, "tuple_batch_text")
        check_columns_of_reviews(batch, reviews, "tuple_batch_text")
        if handed_over != reviews:
            raise Wrong(
                "`tuple_batch_text` changes the reviews it is given, which the next epoch still needs.\n"
                "  Is a list of words changed in place, by += or .append() or .extend()? Make a new list."
            )


def collated(tuple_batch_text, reviews):
    """Return what an answer makes of reviews; if it stops, say why, where another batch tells that."""
    try:
        with given(f"{len(reviews)} reviews of {[len(review.words) for review in reviews][:12]} words"):
            return tuple_batch_text(reviews)
    except Exception as error:  # a student's code may raise anything
        if works(tuple_batch_text, FIRST):
            error.meaning = "It works where the first review is the longest: is the length of that one taken for all?"
        elif works(tuple_batch_text, LARGEST):
            error.meaning = (
                "max of lists compares their first words, not their lengths: take the largest of the lengths."
            )
        raise


def works(tuple_batch_text, reviews):
    """Whether an answer makes anything of reviews."""
    try:
        return tuple_batch_text(copy.deepcopy(reviews)) is not None
    except Exception:  # a student's code may raise anything
        return False


def lengths(count, longest):
    """Return so many lengths of reviews in a random order: one is `longest`, another, if there is one, 1."""
    chosen = [longest, 1, *(random.randint(1, longest) for _ in range(count))][:count]
    random.shuffle(chosen)
    return chosen
