"""Grade a class: reuse what was marked before, have workers mark the rest, and publish all of it."""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.engine import URL
from tqdm import tqdm

from grading.course import Course
from grading.handed_in.searching import search
from grading.handed_in.submissions import Submission
from grading.publishing.class_table import write_table
from grading.publishing.database import address
from grading.publishing.grades_csv import read_grades, write_grades
from grading.publishing.pages import answer_source
from grading.publishing.publish import Publisher
from grading.publishing.report import Summary, summary, write_report
from grading.running import audit, pool
from grading.running.results import Conditions, Results
from grading.running.solutions import look_through, prove
from grading.sandbox.self_test import refuse_without, self_tests
from grading.students import HandedIn, Known, collected, read_history
from grading.verdicts import Mark, Marked, Part, Verdict, mark


class Run(NamedTuple):
    """What became of a class."""

    graded: "Graded"
    known: dict[str, Known]  # the list of who was collected, by student
    history: dict[str, list[HandedIn]]  # all that they handed in, by student
    problems: list[str]  # sentences on what the grader itself could not do


class Graded:
    """The results of a class, read from the disk each time you iterate.

    So a class of thousands needs no more memory than one of twenty.
    """

    def __init__(self, results: Results, submissions: list[Submission], failures: dict[str, str]) -> None:
        self.results, self.submissions, self.failures = results, submissions, failures
        self.read: dict[str, dict[str, str | None]] = {}  # answers, by student and exercise

    def __len__(self) -> int:
        return len(self.submissions)

    def __iter__(self) -> Iterator[Marked]:
        for submission in self.submissions:
            if why := self.failures.get(submission.student):
                yield failed(self.results.course, submission, why)
            else:
                marked = self.results.load(submission.student)
                assert marked  # it was kept just now, or looked at before
                yield marked

    @property
    def marks(self) -> Iterator[Mark]:
        """All marks, one after the other."""
        return (mark for marked in self for mark in marked.marks)

    def answer(self, student: str, exercise: str) -> str | None:
        """Return what a student answered to an exercise; None if that is not known."""
        if student not in self.read:
            whole = None if student in self.failures else self.results.load_whole(student)
            notebooks = whole.notebooks if whole else {}
            exercises = self.results.course.automatic.values()
            self.read[student] = {each.id: answer_source(each, notebooks.get(each.notebook)) for each in exercises}
        return self.read[student][exercise]

    @property
    def notes(self) -> dict[str, list[str]]:
        """Sentences for the instructor, by student; students without any are left out."""
        return {marked.student: marked.notes for marked in self if marked.notes}

    @property
    def reached(self) -> dict[str, list[str]]:
        """Sentences on what reaches out of its place, by student; students without any are left out."""
        return {marked.student: marked.reached for marked in self if marked.reached}


def run(course: Course, options: argparse.Namespace) -> Run:
    """Grade the class in `options.submitted`; return a Run."""
    db = address(course.root)  # before all work, since it may be refused
    results = Results(course, Conditions(options.trust, options.time))
    _ = results.key  # made here, before others look for it
    submissions = wanted(course, options)
    known, history = collected(options.submitted), read_history(options.submitted)
    others = marks_of_others(options) if options.student else []
    failures = mark_class(results, submissions, options)
    graded = Graded(results, submissions, failures)
    problems = publish(graded, db, known, everybody=not options.student)
    write_grades(options.out, graded.marks, others)
    return Run(graded, known, history, problems)


def summary_of(run: Run) -> Summary:
    """Return the Summary of a class."""
    graded = run.graded
    course, known, history = graded.results.course, run.known, run.history
    return summary(course, graded.marks, graded.notes, graded.reached, graded.answer, known, history)


def write_tables(told: Summary, course: Course, out: Path) -> tuple[Path, Path]:
    """Write the page about the class, and the table with a row per student, beside the marks in `out`; return both."""
    page, table = out.with_suffix(".html"), out.with_name(f"{out.stem}-by-student.csv")
    write_report(page, told)
    write_table(table, told.rows, list(course.automatic), told.max_points)
    return page, table


def publish(graded: Graded, db: URL, known: Mapping[str, Known], everybody: bool = True) -> list[str]:
    """Publish what has changed since it was last published; return sentences on what could not be.

    db: where the gradebook is. known: who is who. everybody: whether this is the whole class; else the pages of the
    others may still wait for what a person wrote.
    """
    publisher, problems = Publisher(graded.results, db, known), []
    for marked in graded:
        if (why := publisher.publish(marked, marked.student not in graded.failures)) and why not in problems:
            problems.append(why)
    if everybody or not publisher.touched:
        publisher.close()
    return problems


def wanted(course: Course, options: argparse.Namespace) -> list[Submission]:
    """Return the submissions to grade: all, or that of the one student who was asked for."""
    found = search(options.submitted, course, options.student)
    if options.student is not None and not found:
        raise FileNotFoundError(f"{options.submitted} holds nothing of a student called {options.student}.")
    return found


def marks_of_others(options: argparse.Namespace) -> list[Mark]:
    """Return the marks of the other students in the file that will be written."""
    marks = read_grades(options.out) if options.out.exists() else []
    return [mark for mark in marks if mark.student != options.student]


def mark_class(results: Results, submissions: list[Submission], options: argparse.Namespace) -> dict[str, str]:
    """Mark the submissions that are new or have changed; return {student: why} for those that failed."""
    todo = [
        submission
        for submission in submissions
        if options.regrade or not results.is_current(submission, results.load(submission.student))
    ]
    if not todo:
        print(f"Nothing to mark: {len(submissions)} students, marked before.")
        return {}
    make_ready(results.course, options)
    failures: dict[str, str] = {}
    counts = Counter(graded=0, kept=len(submissions) - len(todo), failed=0)
    place = workers(results, min(options.jobs, len(todo)), options)
    with place as marked, audit.opened(results) as log, tqdm(total=len(todo), unit="student", desc="grading") as bar:
        bar.set_postfix_str("first the solutions")
        prove(results, marked)
        bar.set_postfix_str(said(counts))
        for submission, why in marked(todo, options.regrade):
            failures |= {submission.student: why} if why else {}
            log.write(submission, why)
            counts["failed" if why else "graded"] += 1
            bar.set_postfix_str(said(counts), refresh=False)
            bar.update()
    return failures


def make_ready(course: Course, options: argparse.Namespace) -> None:
    """Look through the course, and try the sandbox; refuse to go on where either fails."""
    look_through(course)
    if not (options.trust or options.scheduler):
        try_the_sandbox()


def workers(results: Results, jobs: int, options: argparse.Namespace) -> AbstractContextManager[pool.Marking]:
    """Return the workers that mark, `jobs` of them on this machine, or those of the Dask cluster that was named."""
    root = results.course.root.resolve()
    if options.scheduler:
        from grading.running import cluster  # here, since it needs a package that others need not have

        return cluster.connected(options.scheduler, root, results.conditions)
    return pool.opened(jobs, root, results.conditions)


def try_the_sandbox() -> None:
    """Say which self-tests of the sandbox pass here; refuse to go on without those that must."""
    found = self_tests()
    refuse_without(found)
    print(f"Sandbox: {sum(test.passed for test in found)} of {len(found)} self-tests passed.", flush=True)
    for test in found:
        if not test.passed:
            print(f"  not {test.name}: {test.detail}", flush=True)


def said(counts: Counter[str]) -> str:
    """Return counts as text."""
    return ", ".join(f"{count} {what}" for what, count in counts.items())


def failed(course: Course, submission: Submission, why: str) -> Marked:
    """Return the result of a submission when the grader itself failed."""
    parts = {
        name: Part("", marks_of_failure(course, name, submission.student, why), None, []) for name in course.released
    }
    return Marked(submission.student, parts, {}, [*submission.notes, why])


def marks_of_failure(course: Course, name: str, student: str, why: str) -> list[Mark]:
    """Return the marks for a notebook when the grader itself failed."""
    verdict = Verdict("grader_error", f"The grader itself failed: {why}")
    return [mark(student, exercise, verdict) for exercise in course.automatic.values() if exercise.notebook == name]
