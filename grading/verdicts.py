"""What marking says of an answer: one verdict of a closed list, and the sentence that the student reads."""

from typing import NamedTuple

from grading.texts import brief

VERDICTS = (
    "ok",
    "wrong",
    "todo",  # untouched
    "error",  # it raised an exception
    "timeout",
    "memory",
    "crashed",  # its process died
    "missing",  # the cell, or the notebook
    "unreadable",  # the file is no notebook
    "grader_error",  # our fault: it never counts against a student, and its points are left empty
)


class Verdict(NamedTuple):
    """What is said of one answer."""

    verdict: str  # one of VERDICTS
    message: str  # what the check would have told the student, some lines of text


class Mark(NamedTuple):
    """A row of grades.csv: the verdict on one exercise of one student."""

    student: str
    notebook: str  # its name without .ipynb
    exercise: str
    points: float | None  # None where the grader failed
    max_points: float
    verdict: str
    message: str


def mark(student, exercise, verdict):
    """Return the row of grades.csv for the `verdict` on an `exercise` of the course."""
    points = {"ok": exercise.points, "grader_error": None}.get(verdict.verdict, 0)
    message = brief(verdict.message)
    return Mark(student, exercise.notebook, exercise.id, points, exercise.points, verdict.verdict, message)
