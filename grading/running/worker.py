"""A worker: a process that marks one submission after the other, each in a fork of its own.

The fork reads what students' code sends. If that kills it, or keeps it from ending, the worker lives on.
`python -m grading.running.worker COURSE` serves the grader over its standard streams. When the grader is gone, the
worker ends, and so does the fork that was marking.
"""

import argparse
import json
import os
import pickle
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from grading.handed_in.submissions import Submission
from grading.remote.inside.limits import WAITING
from grading.running.results import Conditions, Results

if TYPE_CHECKING:
    from grading.examining.marking import Marker

PATIENCE = 120  # seconds that the grader itself may need, besides what students' code may
MORE_MEMORY = 600 * 2**20  # bytes, for a process that marks
TRIES = 3  # processes that may die over a submission
DEATH = "{} has died. What it was marking is begun again on another."


class Worker:
    """The grader's side of a worker: starts the process, sends it submissions, and replaces it when it dies."""

    def __init__(self, root: str | Path, conditions: Conditions) -> None:
        how = [f"--time={conditions.time}", *(["--trust"] if conditions.trust else [])]
        self.command = [sys.executable, "-m", "grading.running.worker", str(root), *how]
        self.process: subprocess.Popen[bytes] | None = None
        self.closed, self.changing = False, threading.Lock()

    def mark(self, submission: Submission, anew: bool) -> str:
        """Mark a submission, or all of it `anew`, and keep the result; return "", or why that did not succeed."""
        for _ in range(TRIES):
            process = self._started()
            if process is None:
                break
            if line := asked(process, submission, anew):
                return json.loads(line)
            if not self.closed:
                self._end()
                tqdm.write(DEATH.format("A worker"), file=sys.stderr)
        return f"The process that marks has ended, {TRIES} times."

    def close(self) -> None:
        """End the process, also while another thread waits for it; none is started any more."""
        with self.changing:
            self.closed = True
        self._end()

    def _started(self) -> subprocess.Popen[bytes] | None:
        """Return the process, started if need be; None once the worker is closed."""
        with self.changing:
            if self.process is None and not self.closed:
                self.process = subprocess.Popen(
                    self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
                )  # of its own session, since Ctrl-C is for us
            return self.process

    def _end(self) -> None:
        """End the process, if there is one."""
        with self.changing:
            process, self.process = self.process, None
        if process and process.stdin:
            with suppress(OSError):  # what was not yet sent cannot be sent any more
                process.stdin.close()
            process.wait()


def asked(process: subprocess.Popen[bytes], submission: Submission, anew: bool) -> bytes:
    """Send a submission to a process; return the line that it answers, empty if it has died or was ended."""
    assert process.stdin
    assert process.stdout
    try:
        pickle.dump((submission, anew), process.stdin)
        process.stdin.flush()
        return process.stdout.readline()
    except (BrokenPipeError, ValueError):  # it has died, or its pipe was closed meanwhile
        return b""


def main() -> None:
    """Serve the grader until it is gone."""
    parser = argparse.ArgumentParser(prog="python -m grading.running.worker", description=__doc__)
    parser.add_argument("course", type=Path)
    parser.add_argument("--trust", action="store_true")
    parser.add_argument("--time", type=float, default=1)
    options = parser.parse_args()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what is printed by mistake is no answer
    mark = prepared(options.course, Conditions(options.trust, options.time))
    with suppress(BrokenPipeError):  # the grader is gone
        while (task := received()) is not None:
            print(json.dumps(mark(*task)), file=answers, flush=True)
    os._exit(0)


def prepared(root: Path, conditions: Conditions) -> Callable[[Submission, bool], str]:
    """Return a function that marks a submission of the course below `root`, or says why that cannot be done here.

    What takes seconds is done here, once; the sandbox is tried too, since each machine of a cluster has its own.
    """
    import matplotlib
    import torch

    from grading.course import Course
    from grading.examining.marking import Marker
    from grading.examining.reference import Reference
    from grading.remote.kernel import Seconds
    from grading.sandbox.process import SandboxMissing
    from grading.sandbox.self_test import refuse_without, self_tests
    from grading.seeds import seed

    matplotlib.use("agg")
    torch.set_num_threads(1)  # a pool of threads would not survive the forks
    results, found = Results(Course(root), conditions), [] if conditions.trust else self_tests()
    try:
        refuse_without(found)
    except SandboxMissing as error:
        return partial(refuse, str(error))
    reference = Reference(results.course, results.folder / "reviews", seed(results.key, "graded reviews")).whole()
    facts = {"sandbox": not conditions.trust, "self_tests": [test.name for test in found if test.passed]}
    marker = Marker(
        results.course,
        reference,
        results.key,
        Seconds().times(conditions.time),
        trust=conditions.trust,
        digest=results.digest,
        facts=facts,
    )
    return partial(in_a_fork, marker, results)


def refuse(why: str, submission: Submission, anew: bool) -> str:
    """Say why a submission cannot be marked here."""
    return why


def received() -> tuple[Submission, bool] | None:
    """Return the next task, None when there will be none."""
    with suppress(EOFError):
        return pickle.load(sys.stdin.buffer)
    return None


def in_a_fork(marker: "Marker", results: Results, submission: Submission, anew: bool) -> str:
    """Mark a submission in a fork; return "", or why that did not succeed."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    fork = context.Process(target=mark, args=(marker, results, submission, anew, there))
    fork.start()
    there.close()
    most = WAITING * marker.seconds.submission + PATIENCE
    ready = wait([here, sys.stdin.fileno()], most)  # of stdin, only its end can come
    why = "The grader did not come to its end in time."
    if here in ready:
        try:
            why = here.recv()
        except EOFError:
            why = "The process that marked it has died."
    fork.kill()
    fork.join()
    return why


def mark(marker: "Marker", results: Results, submission: Submission, anew: bool, report: Connection) -> None:
    """Mark a submission, keep the result, and say that it is done, or why it is not."""
    limit_own_memory()
    try:
        kept = None if anew else results.load_whole(submission.student)
        results.save(marker.mark(submission, kept and kept.parts))
    except OSError as error:
        report.send(f"The result cannot be written: {error.strerror or error}.")
    else:
        report.send("")


def limit_own_memory(more: int = MORE_MEMORY) -> None:
    """Let this process take so many bytes more than it has: whatever students' code sends, it cannot cost beyond that.

    What does not fit raises an exception that is judged as others are (see `Examiner.unreadable`).
    """
    status = Path("/proc/self/status")
    if status.exists():  # Linux, where data are counted without libraries
        has = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmData"))
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        soft = 1024 * has + more
        resource.setrlimit(resource.RLIMIT_DATA, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


if __name__ == "__main__":
    main()
