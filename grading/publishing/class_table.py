"""A row for each student and a column for each exercise: on the page about a class, and as CSV.

A class of any size has its totals here. Points are those of the exercises that are marked automatically.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from grading.files import replace
from grading.publishing.charts import KINDS
from grading.publishing.grades_csv import line
from grading.students import HandedIn, Known
from grading.tables import no_formula
from grading.texts import readable, short_number
from grading.verdicts import Mark

# what stands in a cell of the page that has no points, by kind of verdict
SIGNS = {
    "wrong": "✗", "todo": "○", "error": "!", "stopped": "×", "missing": "–", "unreadable": "?", "failed": "…",
}  # fmt: skip
KIND_OF = {verdict: kind for kind, (verdicts, _) in KINDS.items() for verdict in verdicts}
FIELDS = ("student", "name", "email", "points", "max_points", "hand_ins", "handed_in", "late")


class Cell(NamedTuple):
    """What a student has for an exercise."""

    kind: str  # of KINDS
    points: float | None

    @property
    def text(self) -> str:
        """The points, or the sign of a verdict without any."""
        return short_number(self.points) if self.points else SIGNS.get(self.kind, "0")


class Row(NamedTuple):
    """A student's row."""

    student: str
    points: float | None  # None if not all marks have some
    cells: list[Cell | None]  # in the order of the exercises; None: there is no mark
    known: Known | None  # who it is, if it was collected
    hand_ins: list[HandedIn]  # all of them, in order; empty if they were not collected

    @property
    def late(self) -> bool:
        """Whether what counts was late, as the platform says."""
        return bool(self.known and self.known.late)


def cell(mark: Mark) -> Cell:
    """Return the Cell of a mark."""
    return Cell(KIND_OF[mark.verdict], mark.points)


def rows(
    students: Mapping[str, tuple[float | None, Mapping[str, Cell]]],
    exercises: Sequence[str],
    known: Mapping[str, Known],
    history: Mapping[str, list[HandedIn]],
) -> list[Row]:
    """Return the rows of a class in the order of the names; students: {student: (points, {exercise: Cell})}."""
    return [
        Row(student, points, [cells.get(id) for id in exercises], known.get(student), history.get(student, []))
        for student, (points, cells) in sorted(students.items())
    ]


def write_table(path: Path, rows: Sequence[Row], exercises: Sequence[str], max_points: float) -> Path:
    """Write the table to `path` as CSV, and return the path."""
    return replace(path, lines(rows, exercises, max_points))


def lines(rows: Sequence[Row], exercises: Sequence[str], max_points: float) -> Iterator[str]:
    """Yield the lines of the table as CSV: facts of a student, then the points of each exercise."""
    yield line([*FIELDS, *exercises])
    for row in rows:
        who = [row.known.name, row.known.email] if row.known else ["", ""]
        when = [row.known.handed_in, row.known.late] if row.known else ["", ""]
        numbers = [points(row.points), short_number(max_points), str(len(row.hand_ins) or "")]
        names = [no_formula(" ".join(readable(text, 200).split())) for text in [row.student, *who]]
        yield line([*names, *numbers, *when, *(points(cell.points if cell else None) for cell in row.cells)])


def points(number: float | None) -> str:
    """Return points as text; nothing where there are none yet."""
    return "" if number is None else short_number(number)
