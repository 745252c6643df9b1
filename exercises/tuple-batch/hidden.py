"""What the grader tries of `tuple_batch` besides its check."""

from exercises.hidden import hidden
from exercises.kit.comparison import BATCH, LONGEST, random_size, recorded, refuse_reuse, shuffled
from exercises.kit.reviews_drawn import reviews_of

from .check import check_batch


@hidden("tuple-batch")
def other_batches(answer, solution, draw, reference):
    """Batches of any size, texts of one word to thousands, ids of the whole range; a later call changes no batch."""
    batches = [
        [draw.randint(1, 20) for _ in range(random_size(draw))],
        [draw.randint(1_025, LONGEST), *(draw.randint(1, 300) for _ in range(draw.randint(3, 12)))],
        [draw.randint(1, 4) for _ in range(draw.randint(1_950, BATCH))],
    ]
    results = []
    for lengths in shuffled(draw, batches):
        check_batch(recorded(answer, results), reviews_of(shuffled(draw, lengths), draw))
    refuse_reuse(answer, results)
