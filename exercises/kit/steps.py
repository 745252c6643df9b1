"""What the checks ask of a training step: two scalars, and the mean squared error as one of them."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from exercises.kit.expect import expect_tensor, expect_values, given, same, say
from exercises.kit.given.refusals import StillToDo, Wrong


def expect_two(scalars: Any, where: str) -> Sequence[torch.Tensor]:
    """Refuse what the step `where` returns unless it is two of something; return them."""
    several = isinstance(scalars, tuple | list)
    if scalars is ... or (several and any(scalar is ... for scalar in scalars)):
        raise StillToDo(f"replace the `...` in `{where}`.")
    if not several or len(scalars) != 2:
        came = f"{len(scalars)} values." if several else f"a single {type(scalars).__name__}."
        if scalars is None:
            came = "None: does it end with `return`?"
        raise Wrong(f"`{where}` should return loss, mse: 2 values.\n  It returned {came}")
    return scalars


MOST_SHOWN = 6  # reviews of a batch that are written out


def smooth(errors: torch.Tensor) -> torch.Tensor:
    """Return the mean of Huber's loss of errors (B,): squares of small ones, and no squares of large ones."""
    sizes = errors.abs()
    return torch.where(sizes < 1, errors.square() / 2, sizes - 0.5).mean()


def expect_same_when_evaluated(
    step: Any, model: nn.Module, batch: Sequence[torch.Tensor], scalars: Sequence[torch.Tensor], where: str
) -> None:
    """Refuse a step that returns other scalars, or fails, where nothing is learned, as `evaluate` calls it."""
    with torch.no_grad(), given("no gradients, as for validation"):
        again = expect_two(step(model.eval(), [part.clone() for part in batch]), where)
    model.train()
    for name, value, other in zip(("loss", "mse"), scalars, again, strict=True):
        if not isinstance(other, torch.Tensor) or other.shape != value.shape or not same(other, value).all():
            raise Wrong(f"in eval mode and without gradients, `{where}` returns another `{name}` than while it learns.")


def check_mse(mse: torch.Tensor, loss: object, predictions: torch.Tensor, ratings: torch.Tensor, where: str) -> None:
    """Refuse `mse` unless it is the mean squared error of predictions (B,) for ratings (B,)."""
    if isinstance(mse, int | float):
        raise Wrong("the returned `mse` is a plain number; `fit` asks for a tensor, and calls its `.item()`.")
    hints = [((1,), "A scalar has no dimension: shape ()."), (None, "Take the mean over the batch: one number.")]
    expect_tensor(mse, (), "the returned `mse`", where, hints)
    errors, every_pair = predictions - ratings, predictions[:, None] - ratings
    expected = errors.square().mean()
    squares = " + ".join(f"({say(error)})²" if error < 0 else f"{say(error)}²" for error in errors)
    example = (
        f"For predictions {say(predictions)} and ratings {say(ratings)}, by hand: "
        f"({squares}) / {len(errors)} = {say(expected)}. You returned {say(mse)}."
    )
    if len(errors) > MOST_SHOWN:
        example = f"For a batch of {len(errors)} reviews it should be {say(expected)}. You returned {say(mse)}."
    mistakes = [
        ("The squares are summed over the batch: take their mean.", errors.square().sum()),
        ("That is the root of it: report the mean of the squares.", expected.sqrt()),
        ("That is the mean absolute error: the errors without their squares.", errors.abs().mean()),
        ("Are the errors squared?", errors.mean()),
        ("That is half of it.", expected / 2),
        ("Every prediction meets every rating here: does a column meet a row?", every_pair.square().mean()),
        ("The sign is wrong: a square is never below 0.", -expected),
        ("Is 1 subtracted from the ratings? Compare with them as they are.", (errors + 1).square().mean()),
        ("Are the ratings cut to whole numbers?", (predictions - ratings.trunc()).square().mean()),
        (
            "Are the predictions cut to 1 to 5? Compare them as they are.",
            (predictions.clamp(1, 5) - ratings).square().mean(),
        ),
        ("That is no mean of squares: is a Huber or smooth loss taken in its place?", smooth(errors)),
    ]
    if isinstance(loss, torch.Tensor) and loss.shape == ():
        if same(loss, expected):
            mistakes = [("The first value is it. Return loss, mse in this order.", mse.detach())]
        elif same(loss, mse):
            sentence = (
                "`loss` and `mse` are one and the same: does a += change both? Write loss = loss + ..., or mse + ..."
            )
            mistakes = [*mistakes, (sentence, mse.detach())]
    expect_values(mse, expected, "the returned `mse`", example, mistakes)
