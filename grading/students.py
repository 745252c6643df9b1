"""Who is who: the list of students that collecting leaves in the folder of submissions, and their names."""

from pathlib import Path
from typing import NamedTuple

from grading.tables import NoTable, Table, as_written

LIST = ".students.csv"  # hidden, so that the grader does not take it for something handed in


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


def read_list(folder: str | Path) -> list[Known]:
    """Return the list of who was collected into a folder: [Known]; none if there is no list. Raises NoTable."""
    path = Path(folder) / LIST
    if not path.exists():
        return []
    table = Table(path)
    if tuple(table.header) != Known._fields:
        raise NoTable(f"{path} has other columns than {', '.join(Known._fields)}.")
    columns = [[as_written(cell) for cell in table.cells(name)] for name in Known._fields]
    return [Known(*row) for row in zip(*columns, strict=True)]


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
