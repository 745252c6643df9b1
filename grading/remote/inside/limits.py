"""Limits on what a student's code may take, kept politely; who does not heed them is killed from outside."""

import io
import signal
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

MOST_PRINTED = 20_000  # characters kept of what a cell prints


class TimeIsUp(KeyboardInterrupt):
    """A cell, or a call of an answer, took longer than it may. `except Exception` does not catch it."""


class Printed(io.StringIO):
    """Keeps the first MOST_PRINTED characters, and forgets the others."""

    def write(self, text: str) -> int:
        """Keep what still fits."""
        super().write(text[: max(0, MOST_PRINTED - self.tell())])
        return len(text)


@contextmanager
def limited(seconds: float) -> Iterator[Printed]:
    """Yield what is printed inside; raise TimeIsUp there after `seconds`, and again every second from then on."""

    def stop(*_: object) -> None:
        raise TimeIsUp(f"it ran for more than {seconds:g} seconds")

    printed = Printed()
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            yield printed
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
