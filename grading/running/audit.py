"""The audit log: one line of JSON per marked submission, appended to .grading/audit.jsonl and never changed."""

import errno
import getpass
import json
import os
import socket
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from grading.handed_in.submissions import Submission
from grading.running.results import Results


def times(results: Results, since: float) -> dict[str, list[float]]:
    """Return {student: when they were marked}, as far as that was after `since`; all times as time.time() has them."""
    path, found = results.folder / "audit.jsonl", defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        said = json.loads(line)
        if (when := datetime.fromisoformat(said["time"]).timestamp()) > since:
            found[said["student"]].append(when)
    return found


@contextmanager
def opened(results: Results) -> Iterator["Log"]:
    """Yield a Log that appends to the audit of a course."""
    results.folder.mkdir(exist_ok=True)
    descriptor = os.open(results.folder / "audit.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        yield Log(descriptor, results)
    finally:
        os.close(descriptor)


class Log:
    """Records who marked whom and when, the hashes of the files, and what the marker noted.

    These notes are the limits, the sandbox's self-tests, the seconds per notebook and phase, peak memory and verdicts.
    """

    def __init__(self, descriptor: int, results: Results) -> None:
        self.descriptor, self.results = descriptor, results
        self.who = f"{getpass.getuser()}@{socket.gethostname()}"

    def write(self, submission: Submission, failure: str) -> None:
        """Append a line about a submission, from its cached result unless there was a `failure`."""
        marked = None if failure else self.results.load(submission.student)
        line = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "by": self.who,
            "student": submission.student,
            "grader": self.results.grader.hex()[:16],
            "failure": failure,
        }
        if marked:
            line |= marked.facts | {"verdicts": {mark.exercise: mark.verdict for mark in marked.marks}}
        append(self.descriptor, json.dumps(line).encode() + b"\n")


def append(descriptor: int, line: bytes) -> None:
    """Append a line, all or nothing; raises OSError if it cannot be written.

    descriptor: a file opened for appending, to which nobody else appends.
    """
    written = os.write(descriptor, line)
    if written < len(line):
        os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
