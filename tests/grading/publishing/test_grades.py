"""grades.csv: a row per student and automatic exercise."""

import csv
import random

import pytest

from grading.course import Course
from grading.publishing.grades_csv import NoGrades, read_grades, write_grades
from grading.verdicts import VERDICTS, Mark, Verdict, mark
from tests.kit.totals import COUNT


@pytest.fixture(scope="module")
def course():
    return Course()


def marks_of(course, *students):
    """Return right answers, but for row-dot."""
    wrong = Verdict(
        "wrong", '✗ Exercise 1.1: the dot product has shape (4, 1), expected (4,).\n  "One", per row, please.'
    )
    return [
        mark(student, exercise, wrong if id == "row-dot" else Verdict("ok", "✓"))
        for student in students
        for id, exercise in course.automatic.items()
    ]


def fields(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_student_has_a_row_per_exercise_and_the_open_question_none(course, tmp_path):
    write_grades(tmp_path / "grades.csv", marks_of(course, "ada", "ben", "cleo"))
    rows = fields(tmp_path / "grades.csv")
    assert rows[0] == ["student", "notebook", "exercise", "points", "max_points", "verdict", "message"]
    assert len(rows) == 1 + 3 * COUNT
    assert "which-model" not in {row[2] for row in rows}


def test_a_row(course, tmp_path):
    write_grades(tmp_path / "grades.csv", marks_of(course, "ada"))
    [row] = [row for row in fields(tmp_path / "grades.csv") if row[2] == "row-dot"]
    assert row[:6] == ["ada", "01_reviews_to_batches", "row-dot", "0", "1", "wrong"]
    assert row[6] == '✗ Exercise 1.1: the dot product has shape (4, 1), expected (4,).\n  "One", per row, please.'


def test_equal_marks_make_the_same_file_whatever_the_order_of_exercises_and_parts(course, tmp_path):
    marks = marks_of(course, "Zoë", "ada", "李雷")
    write_grades(tmp_path / "a.csv", marks)
    first, *others = (marks[start : start + COUNT] for start in range(0, 3 * COUNT, COUNT))
    for part in (first, *others):
        random.Random(1).shuffle(part)
    as_floats = [[row._replace(max_points=float(row.max_points)) for row in part] for part in (first, *others)]
    write_grades(tmp_path / "b.csv", *map(iter, reversed(as_floats)))
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_what_is_written_can_be_read(course, tmp_path):
    marks = marks_of(course, "ada", "Zoë", "'t Hooft", "=SUM(A1)", "'=x", "-1")
    marks += [row._replace(student="x", points=None, verdict="grader_error") for row in marks[:COUNT]]
    marks.sort(key=lambda mark: mark[:3])
    write_grades(tmp_path / "grades.csv", marks)
    assert read_grades(tmp_path / "grades.csv") == marks


@pytest.mark.parametrize("verdict", VERDICTS)
def test_points_of_a_verdict(verdict, course, tmp_path):
    write_grades(tmp_path / "grades.csv", [mark("ada", course.exercises["koren-mf"], Verdict(verdict, ""))])
    assert fields(tmp_path / "grades.csv")[1][3:5] == [{"ok": "2", "grader_error": ""}.get(verdict, "0"), "2"]


def test_part_of_a_point_is_written_as_it_is(tmp_path):
    write_grades(tmp_path / "grades.csv", [Mark("ada", "n", "e", 0.5, 1.0, "wrong", "")])
    assert fields(tmp_path / "grades.csv")[1][3:5] == ["0.5", "1"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\x00=1", "＝1", "'=1"])
def test_no_field_is_a_formula_to_a_spreadsheet(text, tmp_path):
    write_grades(tmp_path / "grades.csv", [Mark(text, "n", "e", 0, 1, "wrong", text)])
    row = fields(tmp_path / "grades.csv")[1]
    assert row[0][0] == row[6][0] == "'"


def test_messages_are_kept_short_and_readable(tmp_path):
    message = "\x1b[31mred\x1b[0m bell\x07 turned\u202e half \ud83d\r\n" + "x" * 100_000
    write_grades(tmp_path / "grades.csv", [Mark("ada", "n", "e", 0, 1, "wrong", message)])
    written = fields(tmp_path / "grades.csv")[1][6]
    assert written.startswith("red bell turned half ?\nxxx")
    assert written.endswith("[... the rest is left out]")
    assert len(written) < 1100


def test_a_file_that_is_not_grades_is_named_with_its_line(tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text("student_id,score\nada,3\n")
    with pytest.raises(NoGrades, match=r"grades\.csv: the first line is not student,notebook,"):
        read_grades(path)
    write_grades(path, [Mark("ada", "n", "e", 0, 1, "wrong", "")])
    for broken in ("ada,n\n", "ada,n,e,0,1,perfect,\n", "ada,n,e,much,1,ok,\n"):
        path.write_text(",".join(Mark._fields) + "\n" + broken)
        with pytest.raises(NoGrades, match=r"grades\.csv, line 2: "):
            read_grades(path)
