"""What the grader tries of `mean_error` besides its check."""

import torch

from exercises.hidden import hidden

from .check import check_number, check_value


@hidden("mean-error")
def other_ratings(answer, solution, draw, reference):
    """Whole stars, as reviews have them, and as many as are in no check; now and then a single one."""
    train, val = (torch.randint(1, 6, (draw.choice([1, draw.randint(8, 90)]),)).float() for _ in range(2))
    error = answer(train.clone(), val.clone())
    check_number(error, val)
    check_value(float(error), train, val)
