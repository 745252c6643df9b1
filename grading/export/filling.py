"""Filling a platform's table with marks: who stands in which row, on which scale, and in which form."""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from grading.export.marks import Marks
from grading.students import Known
from grading.tables import Table, no_formula
from grading.texts import short_number

OTHER_NAME = "and another name"  # in sentences on whose number is somebody else's in the table
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


class ExportError(Exception):
    """What keeps marks from being exported; the text says what, and what to do."""


class Match(NamedTuple):
    """Who of the students stands in which row of a table."""

    rows: dict[str, int]  # by student
    without: dict[str, str]  # by student, why there is none: the end of a sentence


Export = tuple[bytes | None, Match, list[str]]  # the file, if there is one to write, whose marks are in it, and notes


def given(path: Path, options: argparse.Namespace) -> Table:
    """Return the Table that a platform gave, which is not to be written over."""
    if path.resolve() == options.out.resolve():
        raise ExportError(f"--out names {path} itself, which is to stay as the platform gave it.")
    return Table(path)


def by_id(ids: list[str], marks: dict[str, Marks], known: dict[str, Known], platform: str) -> Match:
    """Return the Match of students with rows by the platform's ids, which stand in `ids` from top to bottom."""
    if doubled := [id for id, count in Counter(ids).items() if id and count > 1]:
        raise ExportError(f"The file has the number {doubled[0]} in two rows: download it again.")
    collected = [student for student in marks if student in known and known[student].platform == platform]
    match = matched(ids, {student: {known[student].id} for student in collected})
    strangers = [student for student in marks if student not in collected]
    return Match(match.rows, match.without | dict.fromkeys(strangers, f"was not collected from {platform} (see --by)"))


def by_name(cells: list[str], marks: dict[str, Marks], known: dict[str, Known]) -> Match:
    """Return the Match of students with rows by their names or e-mail addresses, exactly, in whatever capitals."""
    people = [(student, known.get(student)) for student in marks]
    return matched(cells, {student: {student, *((row.name, row.email) if row else ())} for student, row in people})


def matched(cells: list[str], keys: dict[str, set[str]]) -> Match:
    """Return the Match of students with rows whose cell is one of the student's keys. Where two fit, none is taken."""
    rows: defaultdict[str, set[int]] = defaultdict(set)
    for row, cell in enumerate(cells):
        rows[cell.strip().casefold()].add(row)
    theirs = {
        student: set().union(*(rows.get(key.strip().casefold(), ()) for key in each if key))
        for student, each in keys.items()
    }
    found = {student: min(each) for student, each in theirs.items() if len(each) == 1}
    without = {student: f"stands in {len(each)} rows" for student, each in theirs.items() if len(each) > 1}
    without |= {student: "is not in the file" for student, each in theirs.items() if not each}
    for student, row in found.items():
        others = [other for other, taken in found.items() if taken == row and other != student]
        without |= {student: f"has the same row as {others[0]}"} if others else {}
    return Match({student: row for student, row in found.items() if student not in without}, without)


def refuse_strangers(table: Table, match: Match) -> None:
    """Refuse a table in which nobody is found, or fewer than stand there under other names: it is of another class."""
    named = sum(OTHER_NAME in why for why in match.without.values())
    if len(match.rows) <= named:
        said = f"{table.path} holds {len(match.rows)} of the {len(match.rows) + len(match.without)} students here: "
        said += "; ".join(f"{student} {why}" for student, why in list(match.without.items())[:3])
        raise ExportError(f"{said}. Is it of another course or assignment? No file was written.")


def check_scale(cell: str, marks: dict[str, Marks], options: argparse.Namespace) -> None:
    """Refuse to write points into a file whose greatest mark, in `cell`, is another."""
    if not marks:
        raise ExportError("The gradebook holds no marks: grade first, with python -m grading.")
    ours = options.out_of or next(iter(marks.values())).max_points
    if not NUMBER.fullmatch(cell.strip()):
        raise ExportError(f"The greatest mark in the file is {cell!r}. It must be a number: marks here are points.")
    theirs = float(cell.strip().replace(",", "."))
    if theirs != ours:
        said = f"The marks here are out of {short_number(ours)}, and those in the file out of {short_number(theirs)}."
        raise ExportError(f"{said} Type --out-of {short_number(theirs)}, or change the assignment there.")


def grade(marks: Marks, options: argparse.Namespace, comma: bool = False) -> str:
    """Return a student's mark as the file has it; empty if a person has still to mark something."""
    if marks.waits and not options.unfinished:
        return ""
    points = marks.points * options.out_of / marks.max_points if options.out_of else marks.points
    text = short_number(round(points, 2))
    return text.replace(".", ",") if comma else text


def fill(
    table: Table, column: int, match: Match, marks: dict[str, Marks], options: argparse.Namespace, comma: bool
) -> list[str]:
    """Write marks into a column; return notes on those that stood there and are other ones now."""
    notes = []
    for student, row in match.rows.items():
        before, now = table.cell(row, column).strip(), grade(marks[student], options, comma)
        if before and not same(before, now):
            notes.append(f"{student} had {before} in the file, and has now {now or 'no mark'}.")
        table.fill(row, column, now)
    return notes


def others(count: int) -> list[str]:
    """Return a note on rows of others, if there are any."""
    return [f"Rows of others, which stay as they are: {count}."] if count > 0 else []


def same(before: str, now: str) -> bool:
    """Whether two marks are the same number, such as 19,00 and 19."""
    numbers = [text.replace(",", ".") for text in (before, now)]
    return all(NUMBER.fullmatch(text) for text in numbers) and float(numbers[0]) == float(numbers[1])


def guard(table: Table, names: Iterable[str]) -> None:
    """See to it that no spreadsheet runs what students wrote as their names; no platform reads them here."""
    for column in (table.header.index(name) for name in names if name in table.header):
        for row in range(len(table)):
            if (text := table.cell(row, column)) != no_formula(text):
                table.fill(row, column, no_formula(text))
