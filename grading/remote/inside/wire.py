"""Frames: a message as msgspec packs it, and beside it the numbers of tensors as safetensors. Both sides import this.

A frame begins with two lengths in bytes, that of the message and that of what is beside it.
"""

import os
import struct
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import safetensors.torch
import torch

from .messages import Message, Request, Tensor

LENGTHS = struct.Struct(">QQ")
DTYPES = {
    torch.float16, torch.bfloat16, torch.float32, torch.float64,
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
}  # fmt: skip
MOST_NUMBERS = 1_000_000  # of a tensor that comes from the sandbox; a larger one is told by its shape


class Frame(NamedTuple):
    """A message, and the tensors beside it, by their position; whoever reads one takes it out."""

    message: Message
    beside: dict[int, torch.Tensor]


def packed(message: Message, beside: Sequence[torch.Tensor] = ()) -> bytes:
    """Return a message, and a list of tensors beside it, as the bytes of a frame.

    Raises UnicodeEncodeError or TypeError where the message holds what cannot be sent.
    """
    first = msgspec.msgpack.encode(message)
    with torch._C.DisableTorchFunction():  # neither a student's default device nor a check's
        second = safetensors.torch.save({str(n): tensor for n, tensor in enumerate(beside)}) if beside else b""
    return LENGTHS.pack(len(first), len(second)) + first + second


def loaded(data: bytes) -> dict[int, torch.Tensor]:
    """Return the tensors in the bytes beside a message, by their position; raises various errors if they are none."""
    with torch._C.DisableTorchFunction():
        return {int(name): tensor for name, tensor in safetensors.torch.load(data).items()} if data else {}


def described(tensor: torch.Tensor, beside: list[torch.Tensor], most: int, id: int | None = None) -> Tensor:
    """Return what a tensor is, having put its numbers `beside`.

    The numbers are not told of one that is on the meta device, of an unusual dtype, or larger than `most`.
    """
    with torch._C.DisableTorchFunction():
        sparse, number = tensor.layout != torch.strided, None
        if tensor.device.type != "meta" and tensor.dtype in DTYPES and tensor.numel() <= most:
            numbers = tensor.detach().to_dense() if sparse else tensor.detach()
            number = len(beside)
            beside.append(numbers.cpu().clone(memory_format=torch.contiguous_format))
        return Tensor(
            dtype=str(tensor.dtype).removeprefix("torch."),
            shape=list(tensor.shape),
            device=tensor.device.type,
            learns=tensor.requires_grad,
            parameter=isinstance(tensor, torch.nn.Parameter),
            leaf=tensor.is_leaf,
            sparse=sparse,
            numbers=number,
            id=id,
        )


class Channel:
    """The two pipes to the grader, out of the way of what notebooks print and read."""

    def __init__(self, source: int, sink: int) -> None:
        self.source, self.sink = source, sink
        self.decoder = msgspec.msgpack.Decoder(Request)

    @classmethod
    def take_over(cls) -> "Channel":
        """Move this process's standard input and output aside; what else reads and writes there finds nothing."""
        source, sink = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.close(nothing)
        return cls(source, sink)

    def receive(self) -> Frame | None:
        """Return the Frame of the next request, None at the end."""
        lengths = self._read(LENGTHS.size)
        if lengths is None:
            return None
        first, second = (self._read(length) for length in LENGTHS.unpack(lengths))
        return Frame(self.decoder.decode(first), loaded(second)) if first is not None and second is not None else None

    def send(self, message: Message, beside: Sequence[torch.Tensor] = ()) -> None:
        """Send a reply."""
        self.write(packed(message, beside))

    def write(self, frame: bytes) -> None:
        """Send a reply that is packed already."""
        left = memoryview(frame)
        while left:
            left = left[os.write(self.sink, left) :]

    def _read(self, length: int) -> bytes | None:
        """Return so many bytes, None if the pipe ends before."""
        read = bytearray()
        while len(read) < length:
            part = os.read(self.source, min(length - len(read), 1 << 20))
            if not part:
                return None
            read += part
        return bytes(read)
