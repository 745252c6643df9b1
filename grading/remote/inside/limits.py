"""Limits on what a student's code may take, kept politely; who does not heed them is killed from outside."""

import io
import signal
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

WAITING = 10  # times the seconds of the processor's, of the clock's
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
    """Yield what is printed inside; raise TimeIsUp there after `seconds`, and again every second from then on.

    These are seconds of the processor's, which are the same on a busy machine; of the clock's there may be ten times as
    many, for code that does nothing but wait.
    """

    def stop(number: int, *_: object) -> None:
        waited = number == signal.SIGALRM
        limit = f"{WAITING * seconds:g} seconds" if waited else f"{seconds:g} seconds of the processor's time"
        raise TimeIsUp(f"it took more than {limit}")

    printed = Printed()
    timers = {signal.ITIMER_PROF: (signal.SIGPROF, seconds), signal.ITIMER_REAL: (signal.SIGALRM, WAITING * seconds)}
    for timer, (number, after) in timers.items():
        signal.signal(number, stop)
        signal.setitimer(timer, after, 1)
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            yield printed
    finally:
        for timer in timers:
            signal.setitimer(timer, 0)
