"""What the grader tries of `run_epoch` besides its check."""

from exercises.hidden import hidden

from .check import check_learning, check_measuring, random_epoch


@hidden("train-epoch")
def more_batches(answer, solution, draw, reference):
    """More batches than the check has, of random sizes, with a random number of weights."""
    sizes = [draw.randint(1, 9) for _ in range(draw.randint(4, 9))]
    epoch = random_epoch(sizes, draw.randint(4, 9), draw.uniform(0.001, 0.01))
    check_measuring(answer, epoch)
    check_learning(answer, epoch)
