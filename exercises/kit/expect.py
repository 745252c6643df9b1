"""The verdict of a check: right, wrong with a reason, or still to do; and what all checks expect of values."""

import functools
import random
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from exercises.kit.given.refusals import StillToDo, Wrong
from exercises.kit.index import entry
from exercises.kit.summary import note
from helpers.colour import in_colour
from helpers.errors import explain
from helpers.progress import notebook_shell
from helpers.runs import why_older

BARE_SQUEEZE = "Does a bare .squeeze() remove a dimension that happens to have size 1, such as a batch of one?"


HOW_TO_A_TENSOR: dict[type | tuple[type, ...], str] = {
    list: "torch.stack makes one of several tensors, torch.tensor of numbers.",
    tuple: "Of numbers, torch.tensor makes one; of several things, return the one that is asked.",
    np.ndarray: "Stay with torch: from an array of numpy, no gradient leads back.",
    (int, float): "Stay with tensors: from a number, as .item() and float() make one, no gradient leads back.",
}

Check = Callable[..., Any]  # it returns what is to be said besides of a right answer, if there is anything
Hint = tuple[tuple[int, ...] | None, str]  # a wrong shape, None for any, and a sentence about it
Mistake = tuple[str, torch.Tensor]  # a sentence, and the values that this mistake returns

CHECKS: dict[str, Check] = {}  # id -> check: each enters itself
PARTS: dict[str, dict[str, Check]] = {}  # id -> the checks of its parts


def check(id: str, parts: dict[str, Check] | None = None) -> Callable[[Check], Check]:
    """Turn a function that raises Wrong or StillToDo into the check of exercise `id`: one printed line if right.

    What it said last is noted for the summary. parts: {name: check} of parts that a check cell may give points of their
    own, as `checks.koren_mf(KorenMF)  # points: constructor 1, forward 1`; what has no check here is the rest.
    """

    def decorate(function: Check) -> Check:
        @functools.wraps(function)
        def run(*answer: Any, seed: int = 0) -> None:
            exercise = entry(id)
            note(id, "✗")
            untouched = bool(answer) and answer[0] is ...  # that is said first, whatever else went wrong above
            if (older := why_older(function.__name__)) and not untouched:
                raise Wrong(f"✗ Exercise {exercise.number}: {older}")
            try:
                remark = judge(exercise.number, function, *answer, seed=seed)
            except StillToDo:
                note(id, "○")
                raise
            note(id, "✓")
            line = f"✓ Exercise {exercise.number}: {exercise.points} point{'s' if exercise.points > 1 else ''}."
            print(in_colour(line) if notebook_shell() else line, *([remark] if remark else []), sep="\n")

        CHECKS[id], PARTS[id] = run, parts or {}
        return run

    return decorate


def judge(number: str, check: Check, *answer: object, seed: int = 0) -> str | None:
    """Run `check` on an answer to exercise `number`, with random numbers that start at `seed`; return its remark.

    Raises Wrong or StillToDo as the student reads it; whatever the student's code raises is the cause of a Wrong.
    """
    try:
        with own_random_numbers(seed), torch.enable_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's would stand above what the check says, with paths of the machine
            refuse_imported(answer)
            return check(*answer)
    except StillToDo as todo:
        raise StillToDo(f"○ Exercise {number} is still to do: {todo}") from None
    except Wrong as wrong:
        raise Wrong(f"✗ Exercise {number}: {wrong}") from None
    except Exception as error:  # a student's code may raise anything
        stopped = ", given ".join(["your code stopped", *getattr(error, "__notes__", [])])
        raise Wrong(f"✗ Exercise {number}: {stopped}.\n" + indent(explain(error))) from error


def refuse_imported(answer: Sequence[object]) -> None:
    """Refuse a function or a class of the session's own in the place of the student's."""
    for one in answer[:1]:
        module = getattr(one, "__module__", None)
        made = isinstance(one, nn.Module) or not callable(one)
        if isinstance(module, str) and module.startswith("helpers.") and not made:
            raise Wrong(
                f"this is the session's own, imported from {module}, which earns no points.\n"
                "  Write yours in the cell of the exercise, run that cell, then this one again."
            )


@contextmanager
def own_random_numbers(seed: int = 0) -> Iterator[None]:
    """Draw from fresh generators inside, and leave those of the notebook as they were: no later result changes."""
    states = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=[]):
            random.seed(seed)
            np.random.seed(seed)
            torch.manual_seed(seed)
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])


@contextmanager
def given(words: str) -> Iterator[None]:
    """Note on an error of the student's code which input it was given."""
    try:
        yield
    except Exception as error:
        error.add_note(words)
        raise


def indent(lines: Iterable[str]) -> str:
    """Return `lines` as one text, each line two spaces in."""
    return "\n".join(f"  {line}" for line in lines)


def say(value: object) -> str:
    """Return a tensor, or a number, as short text: rounded, and in plain Python brackets."""
    if isinstance(value, torch.Tensor):
        return say(value.detach().cpu().tolist())
    if isinstance(value, list):
        return "[" + ", ".join(say(part) for part in value) + "]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def by_hand(a: torch.Tensor, b: torch.Tensor, others: Iterable[object] = ()) -> str:
    """Return the sum of `others` and of the products of two vectors, written out: 3 + 1·5 - 2·6."""
    products = [f"{say(x)}·{say(y)}" if y >= 0 else f"{say(x)}·({say(y)})" for x, y in zip(a, b, strict=True)]
    return " + ".join([*map(say, others), *products]).replace("+ -", "- ")


def random_halves(*shape: int) -> torch.Tensor:
    """Return random numbers that are easy to reckon with and never 0: -2.5, -1.5, -0.5, 0.5, 1.5 or 2.5."""
    return torch.randint(-3, 3, shape) + 0.5


def expect_tensor(value: object, shape: tuple[int, ...], what: str, where: str, hints: Sequence[Hint] = ()) -> None:
    """Refuse `value` unless it is a floating-point tensor of `shape`.

    what: its name in the message. where: the function to complete. hints: pairs (wrong shape, sentence), the first that
    fits is shown; a wrong shape of None fits all.
    """
    if value is ...:
        raise StillToDo(f"replace the `...` in `{where}`.")
    if value is None:
        raise Wrong(f"{what} is None, expected a tensor of shape {shape}.\n  Does `{where}` end with `return`?")
    if not isinstance(value, torch.Tensor):
        kind, hints_by_kind = type(value).__name__, HOW_TO_A_TENSOR.items()
        hint = next((f"\n  {hint}" for kinds, hint in hints_by_kind if isinstance(value, kinds)), "")
        raise Wrong(f"{what} is of type {kind}, expected a tensor of shape {shape}.{hint}")
    came = tuple(value.shape)
    if came != shape:
        squeezed = tuple(size for size in shape if size != 1)
        sentences = [f"  {sentence}" for wrong, sentence in [(squeezed, BARE_SQUEEZE), *hints] if wrong in (came, None)]
        raise Wrong("\n".join([f"{what} has shape {came}, expected {shape}.", *sentences[:1]]))
    if not value.is_floating_point():
        raise Wrong(f"{what} holds whole numbers ({value.dtype}), expected decimal ones (torch.float32).")


def same(value: torch.Tensor, expected: torch.Tensor) -> torch.Tensor:
    """Return for each number of two tensors whether they agree, up to the rounding of float32."""
    return torch.isclose(value.detach().cpu().float(), expected.float(), rtol=2e-5, atol=2e-5)


def first_difference(value: torch.Tensor, expected: torch.Tensor) -> int:
    """Return the first position, along dimension 0, at which two tensors of one shape differ; 0 if nowhere."""
    return int((~same(value, expected)).nonzero()[:1, :1].sum())


def expect_values(
    value: torch.Tensor, expected: torch.Tensor, what: str, example: str, mistakes: Sequence[Mistake] = ()
) -> None:
    """Refuse `value` unless it equals `expected`, a tensor of the same shape.

    example: a line that works one case out by hand. mistakes: pairs (sentence, the values that this mistake returns).
    """
    differ = ~same(value, expected)
    if not differ.any():
        return
    wrong = (value.detach().cpu() - expected)[differ]
    each = f", each by exactly {say(wrong[0])}" if len(wrong) > 1 and same(wrong, wrong[0]).all() else ""
    verb = "values differ" if expected.numel() > 1 else "value differs"
    lines = [f"{what} has the right shape, but {len(wrong)} of {expected.numel()} {verb}{each}.", f"  {example}"]
    lines += [f"  {sentence}" for sentence, returned in mistakes if same(value, returned).all()][:1]
    raise Wrong("\n".join(lines))
