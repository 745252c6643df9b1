"""Who is who, and what they handed in: the lists that collecting leaves in the folder of submissions."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from grading.files import replace
from grading.tables import NoTable, Table, as_written, no_formula

LIST = ".students.csv"  # hidden, so that the grader does not take it for something handed in
HISTORY = ".hand-ins.csv"


class Known(NamedTuple):
    """A student who was collected, a row of the list."""

    student: str  # the folder's name
    platform: str
    id: str
    name: str  # as the platform writes it
    email: str
    submission: str
    late: str  # yes, or nothing
    handed_in: str  # when, or nothing
    modified: str  # the time of the latest file, in seconds
    digest: str  # of what was written


class HandedIn(NamedTuple):
    """One of the times that a student handed in, a row of the history."""

    number: int  # from 1 for each student, as they were collected
    counts: str  # yes; chosen, where a person said so; or nothing
    known: Known


def read_list(folder: str | Path) -> list[Known]:
    """Return the list of who was collected into a folder: [Known]; none if there is no list. Raises NoTable."""
    return [Known(*row) for row in read(Path(folder) / LIST, Known._fields)]


def read_history(folder: str | Path) -> dict[str, list[HandedIn]]:
    """Return {student: [HandedIn]} of all that was collected into a folder, in order. Raises NoTable."""
    found: dict[str, list[HandedIn]] = {}
    for number, counts, *row in read(Path(folder) / HISTORY, ("number", "counts", *Known._fields)):
        if not number.isdecimal():
            raise NoTable(f"{Path(folder) / HISTORY}: {number!r} is no number of a hand-in.")
        found.setdefault(row[0], []).append(HandedIn(int(number), counts, Known(*row)))
    return found


def read(path: Path, fields: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """Return the rows of a list with these columns; none if it is not there. Raises NoTable."""
    if not path.exists():
        return []
    table = Table(path)
    if tuple(table.header) != fields:
        raise NoTable(f"{path} has other columns than {', '.join(fields)}.")
    columns = [[as_written(cell) for cell in table.cells(name)] for name in fields]
    return zip(*columns, strict=True)


def write_list(folder: Path, known: Iterable[Known]) -> None:
    """Write the list of who was collected into a folder."""
    write(folder / LIST, Known._fields, sorted(known))


def write_history(folder: Path, history: dict[str, list[HandedIn]]) -> None:
    """Write all that was collected into a folder."""
    rows = [(str(each.number), each.counts, *each.known) for _, theirs in sorted(history.items()) for each in theirs]
    write(folder / HISTORY, ("number", "counts", *Known._fields), rows)


def write(path: Path, fields: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a list with these columns; no cell of it is a formula to a spreadsheet."""
    file = io.StringIO()
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(fields)
    lines.writerows([no_formula(field) for field in row] for row in rows)
    replace(path, file.getvalue())


def collected(folder: str | Path) -> dict[str, Known]:
    """Return {student: row} of that list. Raises NoTable."""
    return {row.student: row for row in read_list(folder)}


def first_and_last(name: str) -> tuple[str, str]:
    """Return (first name, last name) of a full name: "Lovelace, Ada" says which is which, else the last word is last.

    A name of one word has no first name.
    """
    if ", " in name:
        last, first = name.split(", ", 1)
    else:
        first, _, last = name.rpartition(" ")
    return first.strip(), last.strip()
