"""CSV files that we write hold no formula, by whichever delimiter they are read, and say what they were given."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.publishing.grades_csv import read_grades, write_grades
from grading.tables import as_written, no_formula
from grading.verdicts import Mark

FORMULA = re.compile(r"[=+\-@＝＋－＠]")  # as the first letter of a cell
DELIMITERS = ",;\t|"
TEXTS = st.text("=+-@＝；;\t|\n\r \"'a1,.é", max_size=12)


def cells(text, delimiter):
    """Return the cells that a program sees which goes by this delimiter."""
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]


def mark(message, student="anna"):
    return Mark(student, "01", "row-dot", 0.0, 1.0, "wrong", message)


HARM = [
    "=cmd()",
    "expected 1;=HYPERLINK(1)",
    "first line\n=1+1",
    "first line\n  +1",
    "a\t@SUM(1)",
    "a|-1",
    '"\n=1',
    "a;'=1",
    'a; "=1',
    "x;\n;=2",
    "＝1",
]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("message", HARM)
def test_no_cell_of_the_file_of_marks_is_a_formula(tmp_path, message, delimiter):
    path = write_and_read(tmp_path, mark(message, student=f"{message.split()[0]}"))
    text = path.read_bytes().decode()
    assert not [
        cell
        for cell in cells(text, delimiter)
        if FORMULA.match(cell.strip(" \"'")) and not cell.lstrip().startswith("'")
    ]


def write_and_read(folder, one):
    path = folder / "grades.csv"
    write_grades(path, [one])
    (found,) = read_grades(path)
    assert found.message == one.message
    return path


@given(TEXTS)
def test_what_was_guarded_is_read_as_it_was_written(text):
    assert as_written(no_formula(text)) == text


@given(TEXTS, st.sampled_from(";\t|\n"))
def test_every_piece_of_a_guarded_text_begins_harmlessly(text, delimiter):
    for piece in re.split("[;\t|\r\n]", no_formula(text)):
        assert not FORMULA.match(piece.lstrip())
