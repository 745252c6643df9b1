"""The check of `mean_error`."""

import torch

from exercises.kit.expect import check, given, random_halves, same, say
from exercises.kit.given.refusals import StillToDo, Wrong

HAND_MADE = torch.tensor([5.0, 3.0, 4.0, 4.0]), torch.tensor([4.0, 1.0, 5.0])


@check("mean-error")
def mean_error(mean_error):
    """Check `mean_error(train, val)`: (n,), (m,) -> the mean squared error on val of guessing the mean of train."""
    examples = [HAND_MADE] + [(random_halves(n) + 3, random_halves(m) + 3) for n, m in [(3, 7), (5, 5), (1, 4), (6, 1)]]
    for train, val in [*examples, (torch.tensor([4.0, 5.0]), torch.tensor([4.5, 4.5, 4.5]))]:
        handed_over = train.clone(), val.clone()
        with given(f"ratings of shapes {tuple(train.shape)} and {tuple(val.shape)}"):
            error = mean_error(*handed_over)
        check_number(error, val)
        check_value(float(error), train, val)
        for name, came, before in zip(("train", "val"), handed_over, (train, val), strict=True):
            if not torch.equal(came, before):
                raise Wrong(
                    f"`mean_error` changes `{name}`, which whoever calls it still needs.\n"
                    "  Is it changed in place, by an operation such as -= or .sub_()? Write x = x - y."
                )


def check_number(error, val):
    """Refuse what is returned unless it is one number: a Python one, or a tensor without dimension."""
    if error is ...:
        raise StillToDo("replace the `...` in `mean_error`.")
    if error is None:
        raise Wrong("the error is None, expected one number.\n  Does `mean_error` end with `return`?")
    if isinstance(error, torch.Tensor):
        if error.shape == val.shape and error.dim() == 1:
            raise Wrong(
                f"the error has shape {tuple(error.shape)}, expected one number.\n"
                "  These are errors, one for each rating of `val`: return the mean of their squares."
            )
        if error.dim():
            raise Wrong(
                f"the error has shape {tuple(error.shape)}, expected one number: shape (), without a dimension."
            )
        if not error.dtype.is_floating_point:
            raise Wrong(f"the error is a whole number ({error.dtype}), expected a decimal one.")
        if error.dtype in (torch.float16, torch.bfloat16):
            raise Wrong(f"a number of 16 bits ({error.dtype}) loses digits: stay with torch.float32.")
    elif isinstance(error, bool) or not isinstance(error, int | float):
        raise Wrong(f"the error is of type {type(error).__name__}, expected one number.")


def check_value(error, train, val):
    """Refuse another error than that of the mean of `train` on `val`, with the case worked out by hand."""
    guess, came = sum(train.tolist()) / len(train), torch.tensor(error)
    expected = torch.tensor(sum((rating - guess) ** 2 for rating in val.tolist()) / len(val))
    if same(came, expected):
        return
    squares = " + ".join(f"({say(rating)} - {say(guess)})²" for rating in val.tolist())
    lines = [
        f"the error is {say(error)}, expected {say(expected)}.",
        f"  For train {say(train)} the guess is their mean, {say(guess)}.",
        f"  For val {say(val)}, by hand: ({squares}) / {len(val)} = {say(expected)}.",
    ]
    away, everything = val - guess, torch.cat([train, val])
    known = [
        ("You guess the mean of `val`. It is not known when one guesses.", (val - val.mean()).square().mean()),
        ("That is the error on `train`; measure it on `val`.", (train - guess).square().mean()),
        ("`train` and `val` are swapped.", (train - val.mean()).square().mean()),
        ("You guess the mean of both. Of `val` nothing is known when one guesses.",
         (val - everything.mean()).square().mean()),
        ("You guess the median of `train`; its mean is asked for.", (val - train.median()).square().mean()),
        ("You guess 3, whatever `train` is.", (val - 3).square().mean()),
        ("The squares are summed: take their mean.", away.square().sum()),
        ("That is the root of it: leave the mean of the squares as it is.", away.square().mean().sqrt()),
        ("That is the mean of the absolute differences: square them.", away.abs().mean()),
        ("The differences are not squared: those above and below the guess cancel.", away.mean()),
        ("The differences are not squared: those above and below the guess cancel.", -away.mean()),
        ("That is the square of the mean difference: square each, then take the mean.", away.mean().square()),
        ("You divide by one less than there are ratings; divide by their number.",
         away.square().sum() / max(1, len(val) - 1)),
        ("You divide by the number of ratings in `train`.", away.square().sum() / len(train)),
        ("The guess is rounded to whole stars; the mean is fine as it is.", (val - round(guess)).square().mean()),
        ("That is half of it.", expected / 2),
    ]  # fmt: skip
    raise Wrong("\n".join([*lines, *[f"  {sentence}" for sentence, value in known if same(came, value)][:1]]))
