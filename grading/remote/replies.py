"""What comes back from the sandbox: a student's word, read as a message of the expected kind or refused."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import torch
from msgspec import MsgspecError
from safetensors import SafetensorError

from grading.remote.inside.messages import Message, Tensor
from grading.remote.inside.wire import DTYPES, MOST_NUMBERS

MOST_DIMENSIONS = 16
Kind = TypeVar("Kind", bound=Message)


class Broken(BaseException):
    """Nothing more will come on a channel. It is no Exception: no check takes it for the student's."""


class Malformed(Broken):
    """A reply is not of the form that the grader's own code in the sandbox gives it."""


class TooSlow(Broken):
    """No reply came in time."""


class Died(Broken):
    """The process that ran the student's code is gone."""


class StudentError(Exception):
    """An exception that a student's code raised in the sandbox; a subclass bears its name, and its builtin kind."""

    own_lines: Sequence[str] = ()
    meaning: str = ""

    def __str__(self) -> str:
        return self.args[0]


WRONG = (
    KeyError, IndexError, TypeError, ValueError, AttributeError, AssertionError, RuntimeError, OverflowError,
    MemoryError, MsgspecError, SafetensorError,
)  # fmt: skip


@contextmanager
def reading() -> Iterator[None]:
    """Turn whatever goes wrong while a reply is read into Malformed."""
    try:
        yield
    except StudentError:
        raise
    except WRONG as error:
        raise Malformed(f"a reply that cannot be read: {type(error).__name__}") from error


def expect(reply: Message, kind: type[Kind]) -> Kind:
    """Return a reply if it is of this kind; raises Malformed."""
    if not isinstance(reply, kind):
        raise Malformed(f"a reply that nobody asked for: {type(reply).__name__}")
    return reply


def tensor_of(told: Tensor, beside: dict[int, torch.Tensor]) -> torch.Tensor:
    """Return the tensor that was told: its dtype and shape, and its numbers if they are `beside`, which is once.

    Without numbers it is on the meta device, where it takes no memory, whatever is made of it.
    """
    dtype, shape = getattr(torch, told.dtype), tuple(told.shape)
    if not isinstance(dtype, torch.dtype) or len(shape) > MOST_DIMENSIONS:
        raise ValueError(f"no tensor: {told.dtype} {shape}")
    if told.numbers is None:
        return torch.empty(shape, dtype=dtype, device="meta")
    tensor = beside.pop(told.numbers)
    if tensor.dtype != dtype or tensor.shape != shape or dtype not in DTYPES or tensor.numel() > MOST_NUMBERS:
        raise ValueError(f"other numbers than those of {told.dtype} {shape}")
    if told.sparse:  # a number has no dimension that could be sparse; it has to be recognised all the same
        return tensor.to_sparse(1) if shape else tensor.to_sparse()
    return tensor
