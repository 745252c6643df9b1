"""The names of the notebook that an answer reads: a check may change them for a while, to see whether it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from exercises.kit.given.refusals import Wrong


def names_of(answer: Any) -> Any:
    """Return the names that a function of the notebook reads, as a mapping; in marking, a proxy brings it along.

    Raises Wrong if it is no function of the notebook's.
    """
    names = getattr(answer, "__globals__", None) or getattr(answer, "names", None)
    if names is None:
        raise Wrong(f"a function is expected, written with `def`; found something of type {type(answer).__name__}.")
    return names


def number_in(names: Any, name: str) -> int | float:
    """Return the number that a name of the notebook stands for; refuse anything else."""
    try:
        value = names[name]
    except KeyError:
        raise Wrong(f"the notebook has no `{name}`: run the cell above that defines it.") from None
    if isinstance(value, torch.Tensor) and value.numel() == 1:
        value = value.item()
    if not isinstance(value, int | float):
        raise Wrong(f"the notebook's `{name}` is of type {type(value).__name__}, expected a number.")
    return value


def tensor_in(names: Any, name: str) -> torch.Tensor:
    """Return the tensor that a name of the notebook stands for; refuse anything else."""
    try:
        value = names[name]
    except KeyError:
        raise Wrong(f"the notebook has no `{name}`: run the cell above that defines it.") from None
    if not isinstance(value, torch.Tensor):
        raise Wrong(f"the notebook's `{name}` is of type {type(value).__name__}, expected a tensor.")
    return value


@contextmanager
def renamed(answer: Any, **values: float | torch.Tensor) -> Iterator[None]:
    """Let names of the notebook stand for other numbers, or tensors, inside, and for what they were afterwards."""
    names = names_of(answer)
    told: dict[str, float | torch.Tensor] = {}
    for name, new in values.items():
        told[name] = tensor_in(names, name) if isinstance(new, torch.Tensor) else number_in(names, name)
    before = {name: names[name] for name in values} if isinstance(names, dict) else told  # a proxy takes these alone
    try:
        for name, value in values.items():
            names[name] = value
        yield
    finally:
        for name, value in before.items():
            names[name] = value
