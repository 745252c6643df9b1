"""A conversation with the process in the sandbox: one line of JSON there, one line back, in time and not too long."""

import json
import os
import select
import time

from grading.remote.replies import Died, Malformed, TooSlow

LONGEST = 64 << 20  # bytes of one reply


class Conversation:
    """Requests and replies over two pipes; whatever does not fit ends it by one of the exceptions of `replies`."""

    def __init__(self, sink, source):
        self.sink, self.source = sink, source
        os.set_blocking(self.sink.fileno(), False)
        self.rest = b""

    def ask(self, request, seconds):
        """Send a request; return the reply, a dictionary. Raises TooSlow, Died or Malformed."""
        deadline = time.monotonic() + seconds
        self.send(request, deadline)
        return self.receive(deadline)

    def receive(self, deadline):
        """Return the next reply, a dictionary."""
        line = self._line(deadline)
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError):
            raise Malformed("a reply that is no JSON") from None
        if not isinstance(reply, dict):
            raise Malformed("a reply that is no dictionary")
        return reply

    def send(self, request, deadline):
        """Send a request to which no reply is due."""
        line = json.dumps(request).encode("ascii") + b"\n"
        while line:
            self._wait([], [self.sink], deadline)
            try:
                line = line[os.write(self.sink.fileno(), line) :]
            except BrokenPipeError:
                raise Died("its process is gone") from None

    def _line(self, deadline):
        """Return the next line."""
        read, end = bytearray(self.rest), self.rest.find(b"\n")
        while end < 0:
            self._wait([self.source], [], deadline)
            part = os.read(self.source.fileno(), 1 << 20)
            if not part:
                raise Died("its process is gone")
            end = len(read) + part.index(b"\n") if b"\n" in part else -1
            read += part
            if len(read) > LONGEST:
                raise Malformed("a reply without an end")
        self.rest = bytes(read[end + 1 :])
        return bytes(read[:end])

    def _wait(self, sources, sinks, deadline):
        """Wait until something can be read or written."""
        left = deadline - time.monotonic()
        if left <= 0 or not any(select.select(sources, sinks, [], left)):
            raise TooSlow("no reply came in time")
