"""What the grader tries of `ClassicMF` besides its check."""

from exercises.hidden import hidden
from exercises.kit.comparison import compare_factorizations


@hidden("classic-mf")
def factorizations(answer, solution, draw, reference):
    """A factorization model of random sizes and weights, on a random batch."""
    compare_factorizations(answer, solution, draw)
