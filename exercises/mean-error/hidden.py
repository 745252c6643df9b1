"""What the grader tries of `mean_error` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import default_dtype, shuffled
from exercises.kit.expect import given
from exercises.kit.given.refusals import Wrong

from .check import check_number


@hidden("mean-error")
def other_ratings(answer, solution, draw, reference):
    """Stars, as reviews have them: a single one, as many as are in no check, and as many as in the session."""
    small, mid, large = draw.randint(8, 90), draw.randint(101, 3_000), draw.randint(30_000, 40_000)
    for size, other in shuffled(draw, [(small, 1), (mid, small), (large, mid), (1, large)]):
        for gradients, dtype in shuffled(draw, [(True, torch.float32), (False, torch.float32), (False, torch.float64)]):
            train, val = (ratings(of, draw).to(dtype) for of in (size, other))
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


def ratings(count, draw):
    """Return stars, low ones before high ones or the other way, so that each part of them has a mean of its own."""
    low = draw.randint(count // 5, count - count // 5)
    return torch.cat(shuffled(draw, [torch.randint(1, 4, (low,)), torch.randint(3, 6, (count - low,))]))
