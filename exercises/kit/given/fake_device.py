"""A fake GPU: tensors on it are said to be elsewhere, and do not mix with those that torch makes here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from exercises.kit.given.refusals import Wrong

Tensor = torch.Tensor
MOVES = (Tensor.to, Tensor.cuda, Tensor.type_as)
READ_FROM_BOTH = (*MOVES, Tensor.copy_, Tensor.view_as, Tensor.reshape_as, Tensor.expand_as)
INDEXING = (Tensor.__getitem__, Tensor.__setitem__)


class MixedDevices(Exception):
    """An operation met tensors of both places."""


class FakeDevice(TorchFunctionMode):
    """While it is on, a tensor made without `device=` is here, and cannot meet the given ones, which are elsewhere.

    The `meta` device, which torch has for such ends, holds no numbers: no mask selects from it, and nothing moves away.
    As on a GPU, a single number (a tensor without dimensions) may come from here, and so may an index.
    """

    def __init__(self) -> None:
        super().__init__()
        self.here: dict[int, Tensor] = {}  # by id; the tensors are kept, so that no id is used twice

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Call `function`, unless its tensors are of both places, and note where its result is."""
        kwargs = kwargs or {}
        given = list(_tensors((args, kwargs)))
        here = [tensor for tensor in given if id(tensor) in self.here]
        indexed = function in INDEXING and id(given[0]) not in self.here
        mixed = any(tensor.dim() for tensor in here) and len(here) < len(given)
        if mixed and function not in READ_FROM_BOTH and not indexed:
            raise MixedDevices
        result = function(*args, **kwargs)
        asked = [kwargs.get("device"), *(args[1:2] if function is Tensor.to else ())]
        if function is Tensor.cpu or any(isinstance(device, str) and device == "cpu" for device in asked):
            result = result.view_as(result) if given else result
            self.here |= {id(result): result}
            return result
        if "device" in kwargs or (function in MOVES and not all(isinstance(part, torch.dtype) for part in args[1:])):
            return result.view_as(result) if id(result) in self.here else result  # on the CPU, nothing was copied
        if len(here) == len(given) or (function in READ_FROM_BOTH and id(given[0]) in self.here):
            self.here |= {id(tensor): tensor for tensor in _tensors(result)}
        return result


def _tensors(value: object) -> Iterator[Tensor]:
    """Yield the tensors in nested tuples, lists and dictionaries."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _tensors(part)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


@contextmanager
def on_fake_device(where: str, given: str) -> Iterator[None]:
    """Run the student's code inside as if its tensors were on a GPU; refuse one that makes a tensor for the CPU alone.

    where: the function under test. given: what it could read the device from, as code.
    """
    try:
        with FakeDevice():
            yield
    except MixedDevices:
        raise Wrong(
            f"`{where}` makes a tensor on a fixed device, so it would fail on a GPU.\n"
            f"  Build on the tensors that are given, or pass `device={given}`."
        ) from None
