"""A channel to the process in the sandbox: one frame there, one frame back, in time and not too long."""

import os
import select
import time
from collections.abc import Callable, Sequence
from typing import IO

import msgspec
import torch

from grading.remote.inside.limits import WAITING
from grading.remote.inside.messages import Reply, Request
from grading.remote.inside.wire import LENGTHS, Frame, loaded, packed
from grading.remote.replies import Died, Malformed, TooSlow, reading

LOOK = 1.0  # seconds between two looks at what the sandbox has used
LONGEST = 4 << 20, 32 << 20  # bytes of a reply: of its message, and of what is beside it
LONGEST_HEADER = 4 << 20  # bytes that safetensors may take to say what is in them
DECODER = msgspec.msgpack.Decoder(Reply)


Ask = Callable[[Request, Sequence[torch.Tensor]], Frame]  # what sends a request, and returns the reply


class Deadline:
    """When a reply is due: after so many seconds of the processor's, or ten times as many of the clock's.

    So on a busy machine it may take longer. used: returns the seconds that the sandbox has used.
    """

    def __init__(self, seconds: float, used: Callable[[], float] = lambda: 0.0) -> None:
        self.seconds, self.used = seconds, used
        self.end = time.monotonic() + WAITING * seconds
        self.looked = time.monotonic()
        self.first: float | None = None  # what was used when somebody first had to wait

    @property
    def next_look(self) -> float:
        """The seconds until somebody who waits should look again; 0 if the time is up."""
        left = self.end - time.monotonic()
        return max(0.0, min(left, LOOK))

    def is_over_by_now(self) -> bool:
        """Whether it is over, looked at now and then only: to see what was used takes milliseconds."""
        now = time.monotonic()
        if now < self.looked + LOOK:
            return False
        self.looked = now
        return self.is_over()

    def is_over(self) -> bool:
        """Whether the reply is late."""
        used = self.used()
        self.first = used if self.first is None else self.first
        return used - self.first > self.seconds or time.monotonic() >= self.end


class Channel:
    """Requests and replies over two pipes; whatever does not fit ends it by one of the exceptions of `replies`."""

    def __init__(self, sink: IO[bytes], source: IO[bytes]) -> None:
        self.sink, self.source = sink, source
        os.set_blocking(sink.fileno(), False)

    def ask(self, request: Request, deadline: Deadline, beside: Sequence[torch.Tensor] = ()) -> Frame:
        """Send a request, with tensors beside it; return the Frame of the reply. Raises TooSlow, Died or Malformed."""
        self.send(request, deadline, beside)
        return self.receive(deadline)

    def receive(self, deadline: Deadline) -> Frame:
        """Return the Frame of the next reply."""
        lengths = LENGTHS.unpack(self._read(LENGTHS.size, deadline))
        if any(length > most for length, most in zip(lengths, LONGEST, strict=True)):
            raise Malformed("a reply that is too long")
        message, beside = (self._read(length, deadline) for length in lengths)
        if int.from_bytes(beside[:8], "little") > LONGEST_HEADER:
            raise Malformed("a reply of too many tensors")
        with reading():
            return Frame(DECODER.decode(message), loaded(beside))

    def send(self, request: Request, deadline: Deadline, beside: Sequence[torch.Tensor] = ()) -> None:
        """Send a request to which no reply is due."""
        left = memoryview(packed(request, beside))
        while left:
            self._wait([], [self.sink], deadline)
            try:
                left = left[os.write(self.sink.fileno(), left) :]
            except BrokenPipeError:
                raise Died("its process is gone") from None

    def _read(self, length: int, deadline: Deadline) -> bytes:
        """Return so many bytes."""
        read = bytearray()
        while len(read) < length:
            self._wait([self.source], [], deadline)
            part = os.read(self.source.fileno(), min(length - len(read), 1 << 20))
            if not part:
                raise Died("its process is gone")
            read += part
        return bytes(read)

    def _wait(self, sources: list[IO[bytes]], sinks: list[IO[bytes]], deadline: Deadline) -> None:
        """Wait until something can be read or written."""
        while not any(select.select(sources, sinks, [], deadline.next_look)):
            if deadline.is_over():
                raise TooSlow("no reply came in time")
