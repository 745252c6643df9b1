"""Grade what students handed in: `python -m grading SUBMITTED`."""

import argparse
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import matplotlib
import torch
from tqdm import tqdm

from grading.course import Course
from grading.feedback import write_feedback
from grading.gradebook import GradebookError, by_hand, record
from grading.grades import write_grades
from grading.layers import layers, refuse_without
from grading.marking import Marked, Marker
from grading.reference import Reference
from grading.results import Results
from grading.sandbox import SandboxMissing, sweep
from grading.submissions import find_submissions, left_out
from grading.verdicts import VERDICTS, Verdict, mark

TRUSTED = "--trust: the students' code runs as you, with all that you may do. Only go on if you would run it yourself."


def main(arguments=None):
    """Grade the class; return the exit code: 0 only if the grader itself never failed."""
    options = parse(arguments)
    course = Course(options.course)
    sweep()
    try:
        prepare(options)
        marked = grade(course, options)
        hand_over(course, marked, options.out)
    except (SandboxMissing, GradebookError, NotADirectoryError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2
    return report(marked, options)


def parse(arguments):
    """Return the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m grading", description=__doc__)
    parser.add_argument("submitted", type=Path, help="the folder that holds one folder, or archive, for each student")
    parser.add_argument("--out", type=Path, default=Path("grades.csv"), help="the file of marks (grades.csv)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="students at a time (as many as cores)")
    parser.add_argument("--regrade", action="store_true", help="mark again what was marked before")
    parser.add_argument("--trust", action="store_true", help="run students' code without a sandbox, as you")
    parser.add_argument("--course", type=Path, default=Course().root, help="the folder of solutions and gradebook")
    return parser.parse_args(arguments)


def prepare(options):
    """Say which layers of the sandbox hold; refuse to go on without those that must."""
    if not options.submitted.is_dir():
        raise NotADirectoryError(f"{options.submitted} is not a folder with what students handed in.")
    if options.trust:
        print(TRUSTED)
        return
    found = layers()
    refuse_without(found)
    print(f"Sandbox: {sum(layer.holds for layer in found)} of {len(found)} layers hold.")
    for layer in found:
        if not layer.holds:
            print(f"  not {layer.name}: {layer.detail}")


def grade(course, options):
    """Return what each submission is worth, sorted by student; results that were kept are taken."""
    results, submissions = Results(course), find_submissions(options.submitted, course)
    marked = {} if options.regrade else {one.student: results.load(one) for one in submissions}
    marked = {student: result for student, result in marked.items() if result}
    todo = [one for one in submissions if one.student not in marked]
    bar = tqdm(total=len(submissions), initial=len(marked), unit="student", desc="grading", file=sys.stderr)
    with bar:
        for submission, result in marked_anew(course, results, todo, options):
            results.save(submission, result)
            marked[result.student] = result
            bar.update()
    return [marked[one.student] for one in submissions]


def marked_anew(course, results, submissions, options):
    """Yield each submission and its result, as they come."""
    if not submissions:
        return
    matplotlib.use("agg")
    torch.set_num_threads(1)  # processes are forked below, and a pool of threads would not survive it
    reference = Reference(course, results.folder / "reviews", int.from_bytes(results.key[:4], "big"))
    Work.marker = Marker(course, reference, results.key, trust=options.trust)
    with ProcessPoolExecutor(options.jobs, get_context("fork")) as pool:
        waiting = {pool.submit(Work.mark, submission): submission for submission in submissions}
        for done in as_completed(waiting):
            submission = waiting[done]
            yield submission, done.result() if not done.exception() else failed(course, submission, done.exception())


class Work:
    """What a forked process finds: the marker, which is made before."""

    marker = None

    @classmethod
    def mark(cls, submission):
        """Mark a submission."""
        return cls.marker.mark(submission)


def failed(course, submission, error):
    """Return the result of a submission on which the grader itself failed."""
    verdict = Verdict("grader_error", f"The grader itself failed: {type(error).__name__}: {error}")
    marks = [mark(submission.student, exercise, verdict) for exercise in course.automatic.values()]
    return Marked(submission.student, marks, {}, [*submission.notes, verdict.message])


def hand_over(course, marked, out):
    """Write the marks to nbgrader's gradebook, to a page of feedback for each student, and to `out`."""
    for result in marked:
        record(course.root, course, result.student, result.notebooks, result.marks)
        manual = by_hand(course.root, course, result.student)
        write_feedback(course.root, course, result.student, result.notebooks, result.marks, manual)
    write_grades(out, [mark for result in marked for mark in result.marks])


def report(marked, options):
    """Print points and verdicts; return the exit code."""
    for name in left_out(options.submitted):
        print(f"{name} is no student's folder or archive, and was left out.")
    for result in marked:
        points = sum(mark.points or 0 for mark in result.marks)
        verdicts = Counter(mark.verdict for mark in result.marks)
        said = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in VERDICTS if verdicts[verdict])
        print(f"{result.student:<24} {points:>4g} of {sum(mark.max_points for mark in result.marks):g}   {said}")
        for note in result.notes:
            print(f"    {note}")
    print(f"{len(marked)} students, marks in {options.out}")
    failures = sum(mark.verdict == "grader_error" for result in marked for mark in result.marks)
    if failures:
        print(f"The grader itself failed at {failures} exercises: their points are left empty.")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
