"""A desk: a process that marks one submission after the other, each in a fork, for a worker of the cluster.

The fork reads what students' code sends. Should it die of that, or not come to its end, desk and worker live on.
`python -m grading.running.worker COURSE` is started by the worker, and speaks with it over its standard streams; when
the worker is gone, it ends, and with it what it was marking.
"""

import argparse
import json
import os
import pickle
import subprocess
import sys
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path

PATIENCE = 120  # seconds that the grader itself may need, besides what students' code may


class DeskDied(Exception):
    """The process has ended without an answer."""


class Desk:
    """The worker's side: starts the process, and hands it submissions."""

    def __init__(self, root, trust):
        command = [sys.executable, "-m", "grading.running.worker", str(root), *(["--trust"] if trust else [])]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, **pipes, start_new_session=True)  # Ctrl-C is for the worker

    def mark(self, submission, anew):
        """Mark a submission, or all of it `anew`, and keep the result; return "", or why that did not succeed.

        Raises DeskDied.
        """
        try:
            pickle.dump((submission, anew), self.process.stdin)
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except (BrokenPipeError, ValueError) as error:  # it has ended, or has been closed meanwhile
            raise DeskDied from error
        if not line:
            raise DeskDied
        return json.loads(line)

    def close(self):
        """End the process, if it is still there."""
        with suppress(OSError):  # what was not yet sent cannot be sent any more
            self.process.stdin.close()
        self.process.wait()


def main():
    """Serve a worker until it is gone."""
    parser = argparse.ArgumentParser(prog="python -m grading.running.worker", description=__doc__)
    parser.add_argument("course", type=Path)
    parser.add_argument("--trust", action="store_true")
    options = parser.parse_args()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what is printed by mistake is no answer
    mark = prepared(options.course, options.trust)
    with suppress(BrokenPipeError):  # the worker is gone
        while (task := received()) is not None:
            print(json.dumps(mark(*task)), file=answers, flush=True)
    os._exit(0)


def prepared(root, trust):
    """Return a function that marks a submission of the course below `root`, or says why that cannot be done here.

    What takes seconds is done here, once; the sandbox is tried too, since each machine of a cluster has its own.
    """
    import matplotlib
    import torch

    from grading.course import Course
    from grading.examining.marking import Marker
    from grading.examining.reference import Reference
    from grading.running.results import Results
    from grading.sandbox.process import SandboxMissing
    from grading.sandbox.self_test import layers, refuse_without

    matplotlib.use("agg")
    torch.set_num_threads(1)  # a pool of threads would not survive the forks
    results, found = Results(Course(root)), [] if trust else layers()
    try:
        refuse_without(found)
    except SandboxMissing as error:
        return partial(refuse, str(error))
    reference = Reference(results.course, results.folder / "reviews", int.from_bytes(results.key[:7], "big"))
    facts = {"sandbox": not trust, "layers": [layer.name for layer in found if layer.holds]}
    marker = Marker(results.course, reference, results.key, trust=trust, digest=results.digest, facts=facts)
    return partial(in_a_fork, marker, results)


def refuse(why, submission, anew):
    """Say why a submission cannot be marked here."""
    return why


def received():
    """Return the next task, None when there will be none."""
    with suppress(EOFError):
        return pickle.load(sys.stdin.buffer)


def in_a_fork(marker, results, submission, anew):
    """Mark a submission in a fork; return "", or why that did not succeed."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    fork = context.Process(target=mark, args=(marker, results, submission, anew, there))
    fork.start()
    there.close()
    ready = wait([here, sys.stdin.fileno()], marker.seconds.submission + PATIENCE)  # of stdin, only its end can come
    why = "The grader did not come to its end in time."
    if here in ready:
        try:
            why = here.recv()
        except EOFError:
            why = "The process that marked it has died."
    fork.kill()
    fork.join()
    return why


def mark(marker, results, submission, anew, report):
    """Mark a submission, keep the result, and say that it is done, or why it is not."""
    try:
        kept = None if anew else results.load_whole(submission.student)
        results.save(marker.mark(submission, kept and kept.parts))
    except OSError as error:
        report.send(f"The result cannot be written: {error.strerror or error}.")
    else:
        report.send("")


if __name__ == "__main__":
    main()
