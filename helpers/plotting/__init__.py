"""The figures of the session, in one style that survives grey print, colour-blind eyes and a narrow notebook.

Every public function draws one figure, shows it and returns nothing. Numbers may come as lists, arrays or tensors.
"""

from helpers.plotting.items import biases, item_map
from helpers.plotting.ranking import compare_lists, pair_curves, served, shown_by_popularity
from helpers.plotting.reviews import long_tail, ratings, review_lengths
from helpers.plotting.style import use_style
from helpers.plotting.tensors import broadcast, embedding_table, factorization, padding
from helpers.plotting.training import CLASSIC, FLOOR, MEAN, compare_models, errors_by_size, learning_curves
from helpers.plotting.words import cosines, negative_sampling_loss, word_effects

__all__ = [
    "CLASSIC",
    "FLOOR",
    "MEAN",
    "biases",
    "broadcast",
    "compare_lists",
    "compare_models",
    "cosines",
    "embedding_table",
    "errors_by_size",
    "factorization",
    "item_map",
    "learning_curves",
    "long_tail",
    "negative_sampling_loss",
    "padding",
    "pair_curves",
    "ratings",
    "review_lengths",
    "served",
    "shown_by_popularity",
    "use_style",
    "word_effects",
]
