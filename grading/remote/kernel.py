"""The grader's handle on the process in the sandbox that runs a submission's notebooks."""

import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

import torch

import helpers
from exercises.kit import given
from grading.remote.channel import Ask, Channel, Deadline
from grading.remote.inside.limits import MOST_PRINTED, WAITING
from grading.remote.inside.messages import Begin, End, Ended, Examine, Finish, Message, Ran, Request, Run, Started
from grading.remote.inside.wire import Frame
from grading.remote.replies import Broken, Died, Kind, TooSlow, expect
from grading.sandbox.limits import Limits, loaded_libraries
from grading.sandbox.process import Sandbox

INSIDE, HELPERS = Path(__file__).parent / "inside", Path(helpers.__file__).parent
GIVEN = Path(given.__file__).parent  # the part of the checks that holds no expected value
START = 120  # seconds to import torch, on a busy machine


class Seconds(NamedTuple):
    """How long students' code may run: seconds of the processor's. Of the clock's it may take ten times as long."""

    cell: float = 60
    call: float = 10  # one call of an answer
    examination: float = 60
    submission: float = 600
    grace: float = 5  # that code may go on after its polite limit

    def times(self, factor: float) -> Self:
        """Return limits that are so many times as long."""
        return type(self)(*(factor * seconds for seconds in self))


class NotStarted(Exception):
    """The sandbox did not start, which is no student's fault."""


class MachineOutOfMemory(BaseException):  # no Exception, like Broken: what examines an answer is not to catch it
    """The machine had no memory left and killed a process that kept to its limit, which is no student's fault."""


class Kernel:
    """Runs the notebooks of one submission in a sandbox, started on first use and again after it broke.

    reviews: the folder of the graded reviews. seconds: limits for a cell, for an examination and for all. trust: no
    sandbox. Every method but `close` may raise Broken; the notebook is then to be begun anew. Where the
    sandbox itself fails, NotStarted is raised, and MachineOutOfMemory where the machine does.
    """

    def __init__(self, reviews: Path, seconds: Seconds, limits: Limits = Limits(), trust: bool = False) -> None:  # noqa: B008
        self.reviews, self.seconds, self.trust = reviews, seconds, trust
        self.limits = limits._replace(libraries=loaded_libraries())  # `replies` has loaded torch here, too
        self.deadline = time.monotonic() + WAITING * seconds.submission
        self.used = 0.0  # seconds of the processor's, by the sandboxes that were closed
        self.sandbox: Sandbox | None = None  # while there is none
        self.channel: Channel | None = None
        self.ran_out_of_memory = False
        self.peak_memory: int | None = None
        self.phases: defaultdict[str, float] = defaultdict(float)  # seconds spent in each

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox and everything in it."""
        if self.sandbox:
            self.used += self.sandbox.cpu_seconds
            self.sandbox.__exit__()
            self.peak_memory = max(filter(None, [self.peak_memory, self.sandbox.memory.peak]), default=None)
        self.sandbox = self.channel = None

    @property
    def opened(self) -> Channel:
        """The channel to the sandbox, which is started."""
        assert self.channel
        return self.channel

    @property
    def out_of_time(self) -> bool:
        """Whether the submission has used up its time."""
        return self.cpu_seconds >= self.seconds.submission or time.monotonic() >= self.deadline

    @property
    def cpu_seconds(self) -> float:
        """The seconds of the processor's that the submission has used."""
        return self.used + (self.sandbox.cpu_seconds if self.sandbox else 0.0)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the seconds spent inside to this phase."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.phases[name] += time.monotonic() - start

    def begin(self, seed: int, modules: Mapping[str, bytes] = MappingProxyType({}), without_cuda: bool = False) -> None:
        """Begin a notebook with an empty namespace and random numbers seeded with `seed`.

        modules: the student's own Python files beside it, by their paths there. without_cuda: let the CPU do what is
        asked of a graphics card; it makes every operation a little slower.
        """
        if self.sandbox and self.sandbox.memory.killed:
            self.close()  # what died of it had no notebook of its own; the record would be held against the next
        if self.sandbox is None:
            with self.phase("start"):
                self.start()
        self.ask(Begin(seed, without_cuda, dict(modules)), Started, START)

    def start(self) -> None:
        """Start the sandbox."""
        self.sandbox = Sandbox(
            [sys.executable, "-s", "-P", "-B", "{course}/inside/__main__.py"],
            {"inside": INSIDE, "reviews": self.reviews.parent, **shown_packages()},
            self.limits,
            self.trust,
            {"RECSYS_REVIEWS": f"{{course}}/reviews/{self.reviews.name}", "PYTHONHASHSEED": "0"},
        )
        self.channel = Channel(self.sandbox.stdin, self.sandbox.stdout)
        try:
            self.channel.receive(Deadline(START))
        except Broken as broken:  # no student's code is in it yet
            self.close()
            raise NotStarted(f"the sandbox did not start: {broken}") from broken

    def run(self, source: str) -> Ran:
        """Run a cell; return what it printed and raised, as Ran."""
        seconds = self.seconds.cell
        with self.phase("cells"):
            ran = self.ask(Run(source, seconds), Ran, seconds + self.seconds.grace)
        return Ran(ran.printed[:MOST_PRINTED], ran.error)  # what is inside keeps to it, unless students change it

    def finish(self) -> None:
        """Finish the notebook."""
        with self.breaking():
            reply = self.opened.ask(Finish(), self.due(self.seconds.grace)).message
        if not isinstance(reply, Ended):
            self.close()  # other replies than ours are in the pipe: the next notebook is not to find them

    @contextmanager
    def examination(self, seed: int) -> Iterator[Ask]:
        """Yield a function that takes a request, and tensors beside it, and returns the Frame of the reply.

        The requests are about one answer; all of it is in a fork.
        """
        over, seconds = False, self.seconds.call
        whole = self.due(self.seconds.examination)
        with self.breaking():
            self.opened.send(Examine(seed, seconds), self.due(self.seconds.grace))

        def ask(request: Request, beside: Sequence[torch.Tensor] = ()) -> Frame:
            nonlocal over
            if whole.is_over_by_now():
                raise TooSlow("the examination took too long")
            with self.breaking():
                frame = self.opened.ask(request, self.due(seconds + self.seconds.grace), beside)
            over = isinstance(frame.message, Ended)
            self.refuse_end(frame.message)
            return frame

        try:
            with self.phase("examinations"):
                yield ask
        finally:
            if not over and self.sandbox:
                with self.breaking():
                    reply = self.opened.ask(End(), self.due(self.seconds.grace)).message
                if not isinstance(reply, Ended):
                    self.close()

    def ask(self, request: Request, kind: type[Kind], seconds: float) -> Kind:
        """Send a request and return the reply of this kind; raises Died where the notebook's process ended instead."""
        with self.breaking():
            reply = self.opened.ask(request, self.due(seconds)).message
        try:
            self.refuse_end(reply)
            return expect(reply, kind)
        except Broken:
            self.close()  # whatever ended the notebook's process, or spoke for it, may have spoilt more
            raise

    def refuse_end(self, reply: Message) -> None:
        """Raise Died if a reply says that the process that should have answered has ended."""
        if not isinstance(reply, Ended):
            return
        self.note_memory()
        if self.ran_out_of_memory:
            self.close()  # the next one starts with a clean record
        raise Died(in_words(reply.code))

    def note_memory(self) -> None:
        """Note whether a process was killed at the limit of memory; raises MachineOutOfMemory if it kept to it."""
        assert self.sandbox
        memory = self.sandbox.memory
        self.ran_out_of_memory = memory.killed and memory.reached_limit
        if memory.killed and not memory.reached_limit:
            self.close()
            raise MachineOutOfMemory("no memory was left on this machine; grade again, with fewer --jobs")

    def due(self, seconds: float) -> Deadline:
        """Return the deadline of what may take so many seconds; it is not after that of the whole submission."""
        deadline = Deadline(seconds, lambda: self.cpu_seconds)
        deadline.end = min(deadline.end, self.deadline)
        return deadline

    @contextmanager
    def breaking(self) -> Iterator[None]:
        """End the sandbox if the channel breaks inside."""
        try:
            yield
        except Broken:
            if self.sandbox:
                self.note_memory()
            self.close()
            raise


def in_words(code: int) -> str:
    """Return how a process ended whose exit code was `code`; it comes from the sandbox, and may be any number."""
    if -signal.NSIG < code < 0:
        return f"by signal {-code}: {signal.strsignal(-code)}"
    return f"with exit code {code}" if 0 <= code < 256 else "in an unknown way"


def shown_packages() -> dict[str, Path]:
    """Return what students' code may import of ours, {path in the course folder: path}: of the checks only a shell.

    A check computes what it expects. Were it there, an answer could call it and take the expected value from it.
    """
    exercises = GIVEN.parents[1]
    shown = {"helpers": HELPERS, "exercises/checks.py": INSIDE / "checks.py", "exercises/kit/given": GIVEN}
    return shown | {f"exercises/{name}": exercises / name for name in ("__init__.py", "kit/__init__.py")}
