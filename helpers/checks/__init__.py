"""The checks under the exercises: `checks.<exercise>(answer)` says in a line or a few whether an answer is right.

A check helps the student; it does not decide a mark. It looks at types first, then at shapes, then at values, and knows
the usual mistakes by what they return.
"""

from helpers.checks.matrix_factorization import classic_mf, koren_fit, koren_mf
from helpers.checks.predicting_text import (
    describe_item,
    joint_step,
    loss_func,
    text_classic_mf,
    text_item,
    tuple_batch_piece_text,
)
from helpers.checks.ratings_from_text import profile_step, rating_pred, rating_pred_profile, tuple_batch_text
from helpers.checks.reviews_to_batches import row_dot
from helpers.checks.summary import summary
from helpers.checks.verdict import StillToDo, Wrong

__all__ = [
    "StillToDo",
    "Wrong",
    "classic_mf",
    "describe_item",
    "joint_step",
    "koren_fit",
    "koren_mf",
    "loss_func",
    "profile_step",
    "rating_pred",
    "rating_pred_profile",
    "row_dot",
    "summary",
    "text_classic_mf",
    "text_item",
    "tuple_batch_piece_text",
    "tuple_batch_text",
]
