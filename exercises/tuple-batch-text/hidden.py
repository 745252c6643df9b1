"""What the grader tries of `tuple_batch_text` besides its check."""

from exercises.hidden import hidden
from exercises.kit.collate import check_columns_of_reviews, check_words, expect_batch, random_reviews
from exercises.kit.comparison import random_size
from exercises.kit.expect import given


@hidden("tuple-batch-text")
def texts_of_reviews(answer, solution, draw, reference):
    """A batch of random size, with reviews of random lengths."""
    count, longest = random_size(draw), draw.choice([1, *range(31, 50)])
    lengths = [longest, *(draw.randint(1, longest) for _ in range(count - 1))]
    reviews = random_reviews(lengths, highest_word=60, draw=draw)
    with given(f"{len(reviews)} reviews of {[len(review.words) for review in reviews]} words"):
        batch = expect_batch(answer([*reviews]), "tuple_batch_text")
    check_words(batch["reviews"], reviews, "tuple_batch_text")
    check_columns_of_reviews(batch, reviews, "tuple_batch_text")
