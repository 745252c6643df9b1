"""A channel to the process in the sandbox: one frame there, one frame back, in time and not too long."""

import os
import select
import time
from collections.abc import Callable, Sequence
from typing import IO

import msgspec
import torch

from grading.remote.inside.messages import Reply, Request
from grading.remote.inside.wire import LENGTHS, Frame, loaded, packed
from grading.remote.replies import Died, Malformed, TooSlow, reading

LONGEST = 16 << 20, 64 << 20  # bytes of a reply: of its message, and of what is beside it
LONGEST_HEADER = 4 << 20  # bytes that safetensors may take to say what is in them
DECODER = msgspec.msgpack.Decoder(Reply)


Ask = Callable[[Request, Sequence[torch.Tensor]], Frame]  # what sends a request, and returns the reply


class Channel:
    """Requests and replies over two pipes; whatever does not fit ends it by one of the exceptions of `replies`."""

    def __init__(self, sink: IO[bytes], source: IO[bytes]) -> None:
        self.sink, self.source = sink, source
        os.set_blocking(sink.fileno(), False)

    def ask(self, request: Request, seconds: float, beside: Sequence[torch.Tensor] = ()) -> Frame:
        """Send a request, with tensors beside it; return the Frame of the reply. Raises TooSlow, Died or Malformed."""
        deadline = time.monotonic() + seconds
        self.send(request, deadline, beside)
        return self.receive(deadline)

    def receive(self, deadline: float) -> Frame:
        """Return the Frame of the next reply."""
        lengths = LENGTHS.unpack(self._read(LENGTHS.size, deadline))
        if any(length > most for length, most in zip(lengths, LONGEST, strict=True)):
            raise Malformed("a reply that is too long")
        message, beside = (self._read(length, deadline) for length in lengths)
        if int.from_bytes(beside[:8], "little") > LONGEST_HEADER:
            raise Malformed("a reply of too many tensors")
        with reading():
            return Frame(DECODER.decode(message), loaded(beside))

    def send(self, request: Request, deadline: float, beside: Sequence[torch.Tensor] = ()) -> None:
        """Send a request to which no reply is due."""
        left = memoryview(packed(request, beside))
        while left:
            self._wait([], [self.sink], deadline)
            try:
                left = left[os.write(self.sink.fileno(), left) :]
            except BrokenPipeError:
                raise Died("its process is gone") from None

    def _read(self, length: int, deadline: float) -> bytes:
        """Return so many bytes."""
        read = bytearray()
        while len(read) < length:
            self._wait([self.source], [], deadline)
            part = os.read(self.source.fileno(), min(length - len(read), 1 << 20))
            if not part:
                raise Died("its process is gone")
            read += part
        return bytes(read)

    def _wait(self, sources: list[IO[bytes]], sinks: list[IO[bytes]], deadline: float) -> None:
        """Wait until something can be read or written."""
        left = deadline - time.monotonic()
        if left <= 0 or not any(select.select(sources, sinks, [], left)):
            raise TooSlow("no reply came in time")
