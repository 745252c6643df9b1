"""What comes back from the sandbox: a student's word, read as plain JSON of the expected form or refused."""

import math
import re
from contextlib import contextmanager

import torch

from grading.remote.inside.wire import MOST_NUMBERS

MOST_DIMENSIONS = 16


class Broken(BaseException):
    """The conversation about an answer has come to an end. It is no Exception: no check takes it for the student's."""


class Malformed(Broken):
    """A reply is not of the form that the grader's own code in the sandbox gives it."""


class TooSlow(Broken):
    """No reply came in time."""


class Died(Broken):
    """The process that ran the student's code is gone."""


@contextmanager
def reading():
    """Turn whatever goes wrong while a reply is read into Malformed."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RuntimeError, OverflowError) as error:
        raise Malformed(f"a reply that cannot be read: {type(error).__name__}") from error


def name_of(text):
    """Return a name that a student chose, fit to be shown: letters, digits and underscores, 60 at most."""
    return re.sub(r"\W", "", str(text))[:60] or "unnamed"


def tensor_of(told):
    """Return the tensor that was described: its type and shape, and its numbers if they were told."""
    dtype, shape = getattr(torch, told["dtype"]), tuple(told["shape"])
    if not isinstance(dtype, torch.dtype) or len(shape) > MOST_DIMENSIONS:
        raise ValueError(f"no tensor: {told['dtype']} {shape}")
    if told["device"] == "meta":
        return torch.empty(shape, dtype=dtype, device="meta")
    count = math.prod(shape)
    if "numbers" not in told or count > MOST_NUMBERS:
        return torch.empty(shape, dtype=dtype, device="meta")  # takes no memory, whatever is made of it
    if len(told["numbers"]) != count:
        raise ValueError(f"{len(told['numbers'])} numbers for the shape {shape}")
    tensor = torch.tensor(told["numbers"], dtype=dtype).view(shape)
    return tensor.to_sparse(1) if told["sparse"] else tensor
