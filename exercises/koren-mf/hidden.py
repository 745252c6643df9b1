"""What the grader tries of `KorenMF` besides its check."""

from exercises.hidden import hidden
from exercises.kit.comparison import compare_factorizations


@hidden("koren-mf")
def factorizations(answer, solution, draw, reference):
    """Factorization models of sizes as in the session, with random weights, on random batches."""
    compare_factorizations(answer, solution, draw)
