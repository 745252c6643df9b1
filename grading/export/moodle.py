"""Marks for Moodle: in the grading worksheet of an assignment, or as a list that a course's gradebook imports."""

import argparse

from grading.collect.headings import ENGLISH, headings
from grading.collect.rosters import agree, number
from grading.export.filling import (
    OTHER_NAME,
    Export,
    ExportError,
    Match,
    by_id,
    by_name,
    check_scale,
    fill,
    given,
    grade,
    guard,
    others,
    refuse_strangers,
)
from grading.export.marks import Marks
from grading.handed_in.archives import printable
from grading.students import Known
from grading.tables import no_formula, quoted

TITLE = "Recommenders 2"


def export(marks: dict[str, Marks], known: dict[str, Known], options: argparse.Namespace) -> Export:
    """Return the file, the Match of students, and notes. known: {student: Known}."""
    return worksheet(marks, known, options) if options.worksheet else plain_list(marks, known, options)


def worksheet(marks: dict[str, Marks], known: dict[str, Known], options: argparse.Namespace) -> Export:
    """Fill the grading worksheet: Moodle takes from it the marks and the feedback, and skips empty marks."""
    table = given(options.worksheet, options)
    language, names = headings(table, options.column)
    most = table.cells(names.most)
    check_scale(most[0] if most else "", marks, options)
    if options.by:
        match = by_name(table.cells(options.by), marks, known)
    else:
        match = by_id([number(cell) for cell in table.cells(names.id)], marks, known, "moodle")
    if names.name in table.header and not options.by:
        match = of_one_name(match, known, table.cells(names.name))
    refuse_strangers(table, match)
    notes = [f"{table.path} was read as {table.form}, with {language} headings."]
    notes += [f"There is no column {name!r}." for name in (names.name, names.feedback) if name not in table.header]
    comma = any("," in cell for cell in most)
    notes += fill(table, table.column(names.grade), match, marks, options, comma)
    if names.feedback in table.header:
        for student, row in match.rows.items():
            if grade(marks[student], options):
                table.fill(row, table.column(names.feedback), marks[student].feedback())
    guard(table, [names.name, names.email])
    return table.content(), match, [*notes, *others(len(table) - len(match.rows))]


def of_one_name(match: Match, known: dict[str, Known], full_names: list[str]) -> Match:
    """Return a Match without students whose number is that of a person of another name: teams have numbers, too."""
    other = {
        student: f"has the number of {printable(full_names[row])}, {OTHER_NAME}"
        for student, row in match.rows.items()
        if not is_hidden(known[student]) and not agree(known[student].name, full_names[row])
    }
    return Match({student: row for student, row in match.rows.items() if student not in other}, match.without | other)


def is_hidden(person: Known) -> bool:
    """Whether a student was collected under a number in place of a name."""
    return person.name.endswith(f" {person.id}")


def plain_list(marks: dict[str, Marks], known: dict[str, Known], options: argparse.Namespace) -> Export:
    """Return a list of who has which mark. By e-mail address, or with `--by student` by the students' names here."""
    by = options.by or "email"
    if by not in ("email", "student"):
        raise ExportError("Without a worksheet, --by is email or student.")
    rows, without = [], {}
    for student, each in marks.items():
        who = student if by == "student" else email(student, known)
        if not who:
            without[student] = "has no e-mail address here (see --by)"
        elif who != no_formula(who):
            without[student] = f"would be {who} there, which a spreadsheet takes for a formula"
        else:
            points = grade(each, options)
            rows.append((who, points, each.feedback() if points else ""))
    header = (ENGLISH.email if by == "email" else "Student", TITLE, "Feedback")
    text = "".join(",".join(map(quoted, row)) + "\n" for row in [header, *rows])
    return text.encode(), Match({student: 0 for student in marks if student not in without}, without), []


def email(student: str, known: dict[str, Known]) -> str:
    """Return a student's e-mail address, or ""."""
    if student in known and known[student].email:
        return known[student].email
    return student if "@" in student else ""
