"""What the grader tries of `ClassicMF` besides its check."""

from exercises.hidden import hidden
from exercises.kit.comparison import compare_factorizations
from exercises.kit.session_beside import compare_training
from exercises.kit.specs import CLASSIC


@hidden("classic-mf")
def factorizations(answer, solution, draw, reference):
    """Models of sizes as in the session: with random weights, on random batches; and trained from their own start."""
    compare_factorizations(answer, solution, draw)
    compare_training(answer, solution, draw, CLASSIC)
