"""Grade what students handed in: `python -m grading SUBMITTED`."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from authoring.registry import NotDeclared
from grading import class_run, watching
from grading.course import Course
from grading.files import in_words
from grading.handed_in.archives import printable
from grading.handed_in.submissions import class_folder, left_out
from grading.moments import moment
from grading.publishing.database import GradebookError
from grading.publishing.grades_csv import NoGrades
from grading.publishing.report import lines
from grading.running.solutions import CourseError
from grading.sandbox.process import SandboxMissing, sweep
from grading.tables import NoTable
from grading.verdicts import VERDICTS, Marked

TRUSTED = "--trust: the students' code runs as you, with all that you may do. Only go on if you would run it yourself."
STOPPED = "Stopped. What was marked is kept; the same command goes on where it was."
NO_DASK = "--scheduler needs Dask, which is not installed. Type: pip install --editable '.[cluster]'"
WATCHED = "--watch marks everybody who hands in, once an hour or more: leave out --student and --regrade."
UNTIL = "--until is for --watch: a run marks what lies in the folder, whenever it came."
FEW = 30  # up to this many students, each gets a line


class Refused(Exception):
    """What was asked for cannot be done; the text is one sentence that says why, and what to type."""


def main(arguments: list[str] | None = None, cluster: object = None) -> int:
    """Grade a class; return 0 only if every exercise has a verdict and everything was published.

    cluster: a Dask cluster object, instead of an address.
    """
    options = parse(arguments)
    options.scheduler = cluster or options.scheduler
    course = Course(options.course.resolve())
    try:
        prepare(options, course)
        if options.watch:
            watching.watch(course, options, about)
        run = class_run.run(course, options)
    except (Refused, SandboxMissing, NoGrades, NoTable, CourseError, NotDeclared, GradebookError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(in_words(error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        sweep()
        print(STOPPED, file=sys.stderr)
        return 130
    return tell(course, run, options)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m grading", description=__doc__)
    parser.add_argument("submitted", type=Path, help="the folder that holds a folder, or an archive, of each student")
    parser.add_argument("--out", type=Path, default=Path("grades.csv"), help="the file of marks (grades.csv)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="students at a time (as many as cores)")
    parser.add_argument("--scheduler", help="the address of a Dask cluster to grade on, instead of this machine")
    parser.add_argument("--regrade", action="store_true", help="mark again what was marked before")
    parser.add_argument("--student", help="grade this one alone; the rows of others in the file of marks stay")
    parser.add_argument("--trust", action="store_true", help="run students' code without a sandbox, as you")
    parser.add_argument("--time", type=factor, default=1, help="limits of time this many times as long as usual (1)")
    parser.add_argument("--course", type=Path, default=Course().root, help="the folder of solutions and gradebook")
    parser.add_argument("--watch", action="store_true", help="go on: mark what arrives, until Ctrl-C")
    parser.add_argument(
        "--until", type=moment, help="with --watch: what arrives later does not count: 2026-11-24T23:59"
    )
    parser.add_argument(
        "--hourly", type=int, default=6, help="with --watch: times that a student is marked an hour (6)"
    )
    return parser.parse_args(arguments)


def factor(text: str) -> float:
    """Return by how much limits are to be longer; what is no such number is refused with argparse's sentence."""
    if not 0.1 <= float(text) <= 100:
        raise argparse.ArgumentTypeError("limits of time can be from 0.1 to 100 times as long")
    return float(text)


def prepare(options: argparse.Namespace, course: Course) -> None:
    """Refuse what cannot be graded, find the folder of the class, and sweep up what a killed run has left."""
    if not options.submitted.is_dir():
        raise NotADirectoryError(f"{options.submitted} is not a folder with what students handed in.")
    inner = class_folder(options.submitted.resolve(), course)
    if inner != options.submitted.resolve():
        print(f"{options.submitted} holds one folder, {printable(inner.name)}, which was taken for the class.")
    options.submitted = inner
    if options.watch and (options.student or options.regrade or options.hourly < 1):
        raise Refused(WATCHED)
    if options.until and not options.watch:
        raise Refused(UNTIL)
    if options.scheduler and find_spec("distributed") is None:
        raise Refused(NO_DASK)
    if options.trust:
        print(TRUSTED)
    else:
        sweep()


def tell(course: Course, run: class_run.Run, options: argparse.Namespace) -> int:
    """Print the summary, write the report, and return the exit code."""
    graded, failures = run.graded, sum(mark.verdict == "grader_error" for mark in run.graded.marks)
    told = class_run.summary_of(run)
    for name in left_out(options.submitted):
        print(f"{name} is no student's folder or archive, and was left out.")
    print("\n".join(lines(told) if len(graded) > FEW else [line for marked in graded for line in about(marked)]))
    written = str(options.out)
    if not options.student:
        page, table = class_run.write_tables(told, course, options.out)
        written += f", a row per student in {table}, what the class did in {page}"
    print(f"{len(graded)} students, marks in {written}")
    if failures:
        print(f"The grader itself failed at {failures} exercises: their points are left empty.")
    for problem in run.problems:
        print(problem)
    return int(failures > 0 or bool(run.problems))


def about(marked: Marked) -> Iterator[str]:
    """Yield lines on one student: points, verdicts, notes."""
    points, verdicts = sum(mark.points or 0 for mark in marked.marks), Counter(mark.verdict for mark in marked.marks)
    said = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in VERDICTS if verdicts[verdict])
    yield f"{marked.student:<24} {points:>4g} of {sum(mark.max_points for mark in marked.marks):g}   {said}"
    yield from (f"    {note}" for note in [*marked.reached, *marked.notes])


if __name__ == "__main__":
    sys.exit(main())
