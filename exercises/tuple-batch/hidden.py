"""What the grader tries of `tuple_batch` besides its check."""

from exercises.hidden import hidden
from exercises.kit.comparison import BATCH, LONGEST, random_size, shuffled
from exercises.kit.reviews_drawn import reviews_of

from .check import check_batch


@hidden("tuple-batch")
def other_batches(answer, solution, draw, reference):
    """Batches of any size, with texts of one word to thousands, and ids of the session's whole range."""
    batches = [
        [draw.randint(1, 20) for _ in range(random_size(draw))],
        [draw.randint(1_025, LONGEST), *(draw.randint(1, 300) for _ in range(draw.randint(3, 12)))],
        [draw.randint(1, 4) for _ in range(draw.randint(513, BATCH))],
    ]
    for lengths in shuffled(draw, batches):
        check_batch(answer, reviews_of(shuffled(draw, lengths), draw))
