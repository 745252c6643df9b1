"""What marking costs: CPU seconds a submission, beside plain `nbgrader autograde` on the same submissions.

A sandbox is killed when it has done its work, and the system does not say then what its processes have used. With
sandboxes, seconds by the clock times jobs stand for CPU seconds; the row of `--trust`, which has none, shows both.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import nbformat

from benchmarks.report import Part, at_least
from grading import demo
from grading.course import ASSIGNMENT, Course
from grading.examining.reference import left_out

CLASS = {  # each in equal numbers
    "solved": demo.solved,
    "wrong": lambda course: demo.solved(course, demo.MEAN),
    "half-done": demo.half_done,
    "untouched": demo.untouched,
}
OURS = "python -m grading --jobs 1"
COPIES = 4  # of each, for our grader: its start is paid once for the class
PLAIN_CONFIGURATION = """
c.CourseDirectory.course_id = "recommenders2"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.ExecutePreprocessor.timeout = 600
c.Execute.extra_arguments = ["--IPKernelApp.log_level=40"]
"""


class Cost(NamedTuple):
    """What a command took."""

    submissions: int
    cpu: float  # seconds, of the command and all that it started, without sandboxes
    wall: float  # seconds
    jobs: int = 0  # sandboxes at a time

    @property
    def each(self):
        """The CPU seconds of one submission."""
        return (self.wall * self.jobs or self.cpu) / self.submissions


def grading():
    """Print the CPU seconds of a submission, marked by nbgrader as it comes, and by us, step by step."""
    print(marking().text)


def marking():
    """Return as Part the CPU seconds of a submission, marked by nbgrader as it comes, and by us, step by step."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # students' code runs as another user
        costs = {
            "nbgrader autograde": plain(Path(folder) / "plain"),
            "the same, without what is not judged": plain(Path(folder) / "shorter", shorter=True),
            "python -m grading --trust --jobs 1": ours(Path(folder) / "trust", "--trust", "--jobs", "1"),
            OURS: ours(Path(folder) / "one", "--jobs", "1")._replace(jobs=1),
            "python -m grading --jobs 2": ours(Path(folder) / "two", "--jobs", "2")._replace(jobs=2),
        }
    first, *_ = costs.values()
    lines = [f"{'':38}{'CPU s each':>12}{'times as many':>15}{'wall s each':>13}"]
    for name, cost in costs.items():
        wall = cost.wall / cost.submissions
        lines.append(f"{name:38}{cost.each:>12.2f}{first.each / cost.each:>15.1f}{wall:>13.2f}")
    lines.append("times as many: submissions a core, in the time in which nbgrader autograde marks one")
    target = at_least("Marking, in a sandbox: submissions a core beside nbgrader's", 5, first.each / costs[OURS].each)
    return Part("Marking", targets=[target], text="\n".join(lines))


def plain(root, shorter=False):
    """Return the Cost of `nbgrader autograde` on a class; `shorter`: without the cells that our grader leaves out."""
    course = make_class(root, copies=1)
    (root / "nbgrader_config.py").write_text(f"c = get_config()\n{PLAIN_CONFIGURATION}")
    if shorter:
        without_what_is_not_judged(root, course)
    nbgrader(root, "generate_assignment", "--force")
    return timed(len(CLASS), nbgrader, root, "autograde")


def nbgrader(root, *arguments):
    """Run a command of nbgrader in a course."""
    command = [sys.executable, "-m", "nbgrader", *arguments, ASSIGNMENT]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # where nbgrader finds alembic
    run(command, root, os.environ | {"PATH": path})


def ours(root, *options):
    """Return the Cost of our grader on a class."""
    make_class(root, COPIES)
    return timed(
        len(CLASS) * COPIES, run, [sys.executable, "-m", "grading", "submitted", "--course", ".", *options], root
    )


def make_class(root, copies):
    """Make a course with a class in the folder `root`; return it."""
    for name in ("solutions", "notebooks"):
        shutil.copytree(demo.ROOT / name / ASSIGNMENT, root / name / ASSIGNMENT)
    course = Course(root)
    for name, made in CLASS.items():
        for number in range(copies):
            demo.in_a_folder(root / "submitted" / f"{name}-{number}", made(course))
    return course


def without_what_is_not_judged(root, course):
    """Take the cells out of a course and its submissions that our grader does not run."""
    gone = {id for notebook in course.solutions.values() for id in left_out(notebook)}
    for path in root.rglob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [cell for cell in notebook.cells if cell.id not in gone]
        nbformat.write(notebook, path)


def timed(submissions, do, *arguments):
    """Return the Cost of doing something, of which `submissions` are marked."""
    wall, before = time.monotonic(), spent()
    do(*arguments)
    return Cost(submissions, spent() - before, time.monotonic() - wall)


def spent():
    """Return the CPU seconds of all processes that were started here and have ended, and of those they started."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command, folder, environment=None):
    """Run a command; if it fails, say what it said."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
