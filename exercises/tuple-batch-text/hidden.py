"""What the grader tries of `tuple_batch_text` besides its check."""

import copy

from exercises.hidden import hidden
from exercises.kit.collate import check_columns_of_reviews, check_words, expect_batch
from exercises.kit.comparison import BATCH, FULL, LONGEST, random_size, recorded, refuse_reuse, shuffled
from exercises.kit.expect import given
from exercises.kit.given.refusals import Wrong
from exercises.kit.reviews_drawn import reviews_of


@hidden("tuple-batch-text")
def texts_of_reviews(answer, solution, draw, reference):
    """Batches of any size, with reviews of one word to thousands, and ids of the session's whole range."""
    count, longest = random_size(draw), draw.choice([1, *range(31, 50)])
    batches = [
        [longest, *(draw.randint(1, longest) for _ in range(count - 1))],
        [draw.randint(1_025, LONGEST), *(draw.randint(1, 300) for _ in range(draw.randint(3, 12)))],
        [draw.randint(257, 300), *(draw.randint(1, 6) for _ in range(draw.randint(FULL, BATCH)))],
        [draw.randint(257, 700)],
    ]
    results = []
    for lengths in shuffled(draw, batches):
        reviews = reviews_of(shuffled(draw, lengths), draw)
        handed_over = copy.deepcopy(reviews)
        with given(f"{len(reviews)} reviews of 1 to {max(lengths)} words"):
            returned = recorded(answer, results)(handed_over)
        batch = expect_batch(returned, "tuple_batch_text")
        check_words(batch["reviews"], reviews, "tuple_batch_text")
        check_columns_of_reviews(batch, reviews, "tuple_batch_text")
        if handed_over != reviews:
            raise Wrong("`tuple_batch_text` changes the reviews it is given, which the next epoch still needs.")
    refuse_reuse(answer, results)
