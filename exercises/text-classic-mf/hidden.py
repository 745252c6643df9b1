"""What the grader tries of `TextClassicMF` besides its check."""

from exercises.hidden import hidden
from exercises.kit.beside import compare_item_models, look_at_draws
from exercises.kit.specs import JOINT


@hidden("text-classic-mf")
def joint_models(answer, solution, draw, reference):
    """A model that predicts ratings, and the words of items."""
    compare_item_models(answer, solution, draw, JOINT)
    look_at_draws(answer, solution, draw, JOINT)
