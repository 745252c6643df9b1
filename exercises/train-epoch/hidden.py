"""What the grader tries of `run_epoch` besides its check."""

from exercises.hidden import hidden
from exercises.kit.comparison import shuffled

from .check import check_learning, check_measuring, random_epoch


@hidden("train-epoch")
def more_batches(answer, solution, draw, reference):
    """More batches than the check has, and larger ones, with a random number of weights."""
    few = [draw.randint(1, 9) for _ in range(draw.randint(4, 9))]
    many = [draw.choice([1, draw.randint(33, 130)]) for _ in range(draw.randint(17, 40))]
    asks = [(ask, sizes) for ask in (check_measuring, check_learning) for sizes in (few, many, [draw.randint(10, 99)])]
    for ask, sizes in shuffled(draw, asks):
        ask(answer, random_epoch(sizes, draw.randint(4, 9), draw.uniform(0.001, 0.01)))
