"""What the grader tries of `mean_error` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import default_dtype, shuffled
from exercises.kit.expect import given
from exercises.kit.given.refusals import Wrong

from .check import check_number


@hidden("mean-error")
def other_ratings(answer, solution, draw, reference):
    """Whole stars, as reviews have them: a single one, as many as are in no check, and as many as in the session."""
    sizes = [1, draw.randint(8, 90), draw.randint(101, 3_000), draw.randint(5_000, 30_000)]
    for size in shuffled(draw, sizes):
        other = draw.choice(sizes)
        for gradients, dtype in shuffled(draw, [(True, torch.float32), (False, torch.float32), (False, torch.float64)]):
            train, val = (torch.randint(1, 6, (of,)).to(dtype) for of in (size, other))
            handed_over = train.clone(), val.clone()
            with torch.set_grad_enabled(gradients), default_dtype(dtype), given(f"{size} and {other} ratings"):
                error = answer(*handed_over)
            check_number(error, val)
            expected = float((val.double() - train.double().mean()).square().mean())
            rounding = 1e-7 * max(size, other)  # of ratings that are added up one by one
            if not abs(float(error) - expected) <= (1e-5 + rounding) * max(expected, 0.01):
                raise Wrong(
                    f"for {size} and {other} ratings, the error is {float(error):.6g}, expected {expected:.6g}."
                )
            if not (torch.equal(handed_over[0], train) and torch.equal(handed_over[1], val)):
                raise Wrong("`mean_error` changes the ratings that it is given.")
