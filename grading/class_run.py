"""A class, graded: what was marked before is taken, the rest is marked on the cluster, and all is handed over."""

import sys
from collections import Counter
from typing import NamedTuple

from tqdm import tqdm

from grading import audit
from grading.grades import read_grades, write_grades
from grading.handing_over import HandingOver
from grading.parts import Marked, Part
from grading.results import Results
from grading.submissions import find_submissions
from grading.verdicts import Verdict, mark


class Run(NamedTuple):
    """What became of a class."""

    marks: list  # of all students, one for each automatic exercise
    notes: dict  # {student: sentences for the instructor}
    problems: list  # sentences on what the grader itself could not do


def run(course, options):
    """Grade the class in `options.submitted`; return a Run."""
    results = Results(course)
    _ = results.key  # made here, before others look for it
    submissions = wanted(find_submissions(options.submitted.resolve(), course), options)
    others = marks_of_others(options) if options.student else []
    failures = mark_class(results, submissions, options)
    marks, notes, problems = [], {}, []
    handing_over = HandingOver(results)
    for submission in submissions:
        student = submission.student
        marked = failed(course, submission, failures[student]) if student in failures else results.load(student)
        marks += marked.marks
        notes[student] = marked.notes
        if student not in failures and (why := handing_over.hand_over(marked)) and why not in problems:
            problems.append(why)
    handing_over.close()
    write_grades(options.out, marks + others)
    return Run(marks, notes, problems)


def wanted(submissions, options):
    """Return the submissions to grade: all, or that of the one student who was asked for."""
    if options.student is None:
        return submissions
    found = [submission for submission in submissions if submission.student == options.student]
    if not found:
        raise FileNotFoundError(f"{options.submitted} holds nothing of a student called {options.student}.")
    return found


def marks_of_others(options):
    """Return the marks of other students in the file that is written anew."""
    marks = read_grades(options.out) if options.out.exists() else []
    return [mark for mark in marks if mark.student != options.student]


def mark_class(results, submissions, options):
    """Mark what is not marked yet; return {student: why} for those whose marking failed."""
    todo = [
        submission
        for submission in submissions
        if options.regrade or not results.is_current(submission, results.load(submission.student))
    ]
    counts = Counter(kept=len(submissions) - len(todo))
    with progress(len(submissions), counts) as bar:
        if not todo:
            return {}
        from grading import cluster  # here, since it takes a second that a run with nothing to do can save

        failures = {}
        place = cluster.connected(min(options.jobs, len(todo)), options.scheduler, results.folder / "dask")
        with audit.opened(results) as log, place as client:
            for submission, why in cluster.marked(client, results.course, todo, options.trust, options.regrade):
                failures |= {submission.student: why} if why else {}
                log.write(submission, why)
                counts.update(["failed" if why else "graded"])
                bar.set_postfix(counts, refresh=False)
                bar.update()
    return failures


def progress(total, counts):
    """Return the bar that shows how many students are done, and how long the others will take."""
    return tqdm(total=total, initial=counts["kept"], postfix=counts, unit="student", desc="grading", file=sys.stderr)


def failed(course, submission, why):
    """Return the result of a submission on which the grader itself failed."""
    marks = [
        mark(submission.student, exercise, Verdict("grader_error", f"The grader itself failed: {why}"))
        for exercise in course.automatic.values()
    ]
    return Marked(submission.student, {"": Part("", marks, None, [why])}, {}, submission.notes)
