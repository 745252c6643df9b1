"""What the grader tries of `tuple_batch` besides its check."""

from exercises.hidden import hidden
from exercises.kit.collate import random_reviews
from exercises.kit.comparison import random_size

from .check import check_batch


@hidden("tuple-batch")
def other_batches(answer, solution, draw, reference):
    """A batch of random size, with texts of random lengths."""
    lengths = [draw.randint(1, 20) for _ in range(random_size(draw))]
    check_batch(answer, random_reviews(lengths, highest_word=9_000, draw=draw))
