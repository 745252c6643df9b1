"""What the grader tries of `TextItem` besides its check."""

from exercises.hidden import hidden
from exercises.kit.beside import compare_item_models, look_at_draws
from exercises.kit.specs import TEXT_ITEM


@hidden("text-item")
def items_and_words(answer, solution, draw, reference):
    """A model that predicts the words of items."""
    compare_item_models(answer, solution, draw, TEXT_ITEM)
    look_at_draws(answer, solution, draw, TEXT_ITEM)
