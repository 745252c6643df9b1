"""grades.csv: a row per student and automatic exercise. The open question is marked by hand and has no row."""

import csv
import heapq
import io
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from grading.files import replace
from grading.tables import as_written, no_formula
from grading.texts import readable, short_number
from grading.verdicts import VERDICTS, Mark

LONGEST_MESSAGE = 1000


class NoGrades(ValueError):
    """A file that holds no grades; the text says where it goes wrong."""


def write_grades(path: Path, *parts: Iterable[Mark]) -> None:
    """Write marks to `path`, sorted: equal marks make the same file, byte for byte.

    parts: iterables of marks, each in the order of its students. They are read one mark after the other, so that a
    class of thousands is never in memory as a whole.
    """
    replace(path, lines(heapq.merge(*parts, key=attrgetter("student"))))


def lines(marks: Iterable[Mark]) -> Iterator[str]:
    """Yield the lines of a file of marks, which come in the order of their students."""
    yield line(Mark._fields)
    for _, theirs in groupby(marks, key=attrgetter("student")):
        rows = sorted((mark.notebook, mark.exercise, row(mark)) for mark in theirs)
        yield from (line(row) for _, _, row in rows)


def line(fields: Iterable[str]) -> str:
    """Return fields as a line."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow(fields)
    return file.getvalue()


def row(mark: Mark) -> tuple[str, ...]:
    """Return the fields of a mark as text."""
    student, message = readable(mark.student, 200).replace("\n", " "), readable(mark.message, LONGEST_MESSAGE)
    points = "" if mark.points is None else short_number(mark.points)
    names = (no_formula(student), mark.notebook, mark.exercise)
    return (*names, points, short_number(mark.max_points), mark.verdict, no_formula(message))


def read_grades(path: str | Path) -> list[Mark]:
    """Return the marks in the file at `path`."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows, ())) != Mark._fields:
            raise NoGrades(f"{path}: the first line is not {','.join(Mark._fields)}.")
        return [read_row(fields, f"{path}, line {rows.line_num}") for fields in rows]


def read_row(fields: list[str], where: str) -> Mark:
    """Return the mark that the `fields` of a row hold; `where` names the row in errors."""
    if len(fields) != len(Mark._fields):
        raise NoGrades(f"{where}: {len(fields)} fields instead of {len(Mark._fields)}.")
    student, notebook, exercise, points, most, verdict, message = fields
    if verdict not in VERDICTS:
        raise NoGrades(f"{where}: {verdict!r} is no verdict.")
    try:
        numbers = float(points) if points else None, float(most)
    except ValueError:
        raise NoGrades(f"{where}: points are not numbers.") from None
    return Mark(as_written(student), notebook, exercise, *numbers, verdict, as_written(message))
