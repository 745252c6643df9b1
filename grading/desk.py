"""A desk: a process that marks one submission after the other, each in a fork, for a worker of the cluster.

The fork reads what students' code sends. Should it die of that, or not come to its end, desk and worker live on.
`python -m grading.desk COURSE` is started by the worker, and speaks with it over its standard streams; when the worker
is gone, it ends, and with it what it was marking.
"""

import argparse
import json
import os
import pickle
import subprocess
import sys
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path

PATIENCE = 120  # seconds that the grader itself may need, besides what students' code may


class Desk:
    """The worker's side: starts the process, and hands it submissions."""

    def __init__(self, root, trust):
        command = [sys.executable, "-m", "grading.desk", str(root), *(["--trust"] if trust else [])]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def mark(self, submission, anew):
        """Mark a submission, or all of it `anew`, and keep the result; return "", or why that did not succeed."""
        try:
            pickle.dump((submission, anew), self.process.stdin)
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        return json.loads(line) if line else "The process that marks has ended."

    @property
    def alive(self):
        """Whether the process is there."""
        return self.process.poll() is None

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


def main():
    """Serve a worker until it is gone."""
    parser = argparse.ArgumentParser(prog="python -m grading.desk", description=__doc__)
    parser.add_argument("course", type=Path)
    parser.add_argument("--trust", action="store_true")
    options = parser.parse_args()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what is printed by mistake is no answer
    marker, results = prepared(options.course, options.trust)
    with suppress(BrokenPipeError):  # the worker is gone
        while (task := received()) is not None:
            print(json.dumps(in_a_fork(marker, results, *task)), file=answers, flush=True)
    os._exit(0)


def prepared(root, trust):
    """Return the Marker and the Results of the course below `root`; what takes seconds is done here, once."""
    import matplotlib
    import torch

    from grading.course import Course
    from grading.marking import Marker
    from grading.reference import Reference
    from grading.results import Results

    matplotlib.use("agg")
    torch.set_num_threads(1)  # a pool of threads would not survive the forks
    results = Results(Course(root))
    reference = Reference(results.course, results.folder / "reviews", int.from_bytes(results.key[:7], "big"))
    return Marker(results.course, reference, results.key, trust=trust, digest=results.digest), results


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
