"""What marking says: of an answer a verdict of a closed list, and of a submission a part for each notebook."""

from typing import Any, NamedTuple

from nbformat.notebooknode import NotebookNode

from authoring.registry import Exercise
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
    parts: tuple[str, ...] = ()  # of the answer that are right, where it is wrong as a whole


class Mark(NamedTuple):
    """A row of grades.csv: the verdict on one exercise of one student."""

    student: str
    notebook: str  # its name without .ipynb
    exercise: str
    points: float | None  # None where the grader failed
    max_points: float
    verdict: str
    message: str


class Part(NamedTuple):
    """What became of one notebook of a submission."""

    digest: str  # of all that its marks follow from
    marks: list[Mark]
    notebook: NotebookNode | None  # for nbgrader; None if it is missing or unreadable
    notes: list[str]  # sentences for the instructor
    reached: tuple[str, ...] = ()  # sentences on what reaches out of its place, for the instructor alone


class Marked(NamedTuple):
    """A submission, marked: one mark for each automatic exercise of the course."""

    student: str
    parts: dict[str, Part]  # by the notebook's name
    facts: dict[str, Any]  # for the audit: files, seconds, memory
    submission_notes: list[str]

    @property
    def marks(self) -> list[Mark]:
        """All marks."""
        return [mark for part in self.parts.values() for mark in part.marks]

    @property
    def notebooks(self) -> dict[str, NotebookNode]:
        """The notebooks that could be read, by name."""
        return {name: part.notebook for name, part in self.parts.items() if part.notebook}

    @property
    def notes(self) -> list[str]:
        """All sentences for the instructor."""
        return [*self.submission_notes, *(note for part in self.parts.values() for note in part.notes)]

    @property
    def reached(self) -> list[str]:
        """All sentences on what reaches out of its place."""
        return [sentence for part in self.parts.values() for sentence in part.reached]


def mark(student: str, exercise: Exercise, verdict: Verdict) -> Mark:
    """Return the row of grades.csv for the `verdict` on an `exercise` of the course."""
    earned = sum(exercise.parts[part] for part in verdict.parts)
    points = {"ok": exercise.points, "grader_error": None}.get(verdict.verdict, earned)
    message = brief(verdict.message)
    if earned:
        message += f"\n  Earned: {earned:g} of {exercise.points:g} points, for the {' and the '.join(verdict.parts)}."
    return Mark(student, exercise.notebook, exercise.id, points, exercise.points, verdict.verdict, message)
