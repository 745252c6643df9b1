"""The checks under the exercises: `checks.<exercise>(answer)` says in a line or a few whether an answer is right.

A check helps the student; it does not decide a mark. It looks at types first, then at shapes, then at values, and knows
the usual mistakes by what they return.
"""

from helpers.checks.matrix_factorization import classic_mf, koren_fit, koren_mf
from helpers.checks.reviews_to_batches import row_dot
from helpers.checks.verdict import StillToDo, Wrong

__all__ = ["StillToDo", "Wrong", "classic_mf", "koren_fit", "koren_mf", "row_dot"]
