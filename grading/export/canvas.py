"""Marks for Canvas: one column of the gradebook that it exported, which it then imports."""

import argparse
import re

from grading.export.filling import (
    Export,
    ExportError,
    Match,
    by_id,
    by_name,
    check_scale,
    fill,
    given,
    guard,
    others,
    refuse_strangers,
)
from grading.export.marks import Marks
from grading.students import Known
from grading.tables import Table

OF_PERSONS = ("Student", "LastName", "FirstName")
LAST_OF_PERSONS = "Section"
EXCUSED = "EX"
NUMBER = re.compile(r" \(\d+\)$")  # after the name of an assignment


def export(marks: dict[str, Marks], known: dict[str, Known], options: argparse.Namespace) -> Export:
    """Return the file, the Match of students, and notes. known: {student: Known}.

    Only this assignment's column is in it: an import of others would undo what was marked meanwhile.
    """
    table = given(options.gradebook, options)
    column = assignment_column(table, options.assignment)
    most = table.cell(points_possible(table), column)
    check_scale(most, marks, options)
    if options.by:
        match = by_name(table.cells(options.by), marks, known)
    else:
        match = by_id(table.cells("ID"), marks, known, "canvas")
    refuse_strangers(table, match)
    excused = {student for student, row in match.rows.items() if table.cell(row, column).strip().upper() == EXCUSED}
    match = Match(
        {student: row for student, row in match.rows.items() if student not in excused},
        match.without | dict.fromkeys(excused, "is excused there"),
    )
    notes = [f"{table.path} was read as {table.form}."]
    notes += fill(table, column, match, marks, options, "," in most)
    notes += others(sum(bool(cell.strip()) for cell in table.cells("ID")) - len(match.rows))
    guard(table, OF_PERSONS)
    table.keep([*range(table.column(LAST_OF_PERSONS) + 1), column])
    return table.content(), match, notes


def assignment_column(table: Table, name: str) -> int:
    """Return the column of an assignment, `<name> (<number>)`."""
    found = [title for title in table.header if name in (title, NUMBER.sub("", title))]
    if len(found) != 1:
        titles = ", ".join(repr(title) for title in table.header if NUMBER.search(title))
        raise ExportError(f"{table.path} has {len(found)} columns of an assignment {name!r}. There are: {titles}.")
    return table.column(found[0])


def points_possible(table: Table) -> int:
    """Return the row that holds the greatest marks."""
    found = [row for row in range(len(table)) if "Points Possible" in table.cell(row, 0)]
    if not found:
        raise ExportError(f"{table.path} has no row 'Points Possible': export the gradebook again.")
    return found[0]
