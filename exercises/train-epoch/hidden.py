"""What the grader tries of `run_epoch` besides its check."""

from exercises.hidden import hidden
from exercises.kit.comparison import BATCH, shuffled
from exercises.kit.notebook import names_of
from exercises.kit.session_beside import compare_loops

from .check import check_learning, check_measuring, random_epoch

MODEL = "ClassicMF"


@hidden("train-epoch", uses=(MODEL,))
def more_batches(answer, solution, draw, reference):
    """More batches than the check has, and larger ones, with a random number of weights; and the notebook's model."""
    few = [draw.randint(1, 9) for _ in range(draw.randint(4, 9))]
    few.insert(draw.randint(0, 4), draw.randint(1_950, BATCH))
    many = [draw.choice([1, draw.randint(33, 130)]) for _ in range(draw.randint(17, 40))]
    asks = [(ask, sizes) for ask in (check_measuring, check_learning) for sizes in (few, many, [draw.randint(10, 99)])]
    for ask, sizes in shuffled(draw, asks):
        ask(answer, random_epoch(sizes, draw.randint(4, 9), draw.uniform(0.001, 0.01)))
    compare_loops(answer, solution, (names_of(answer)[MODEL], names_of(solution)[MODEL]), draw)
