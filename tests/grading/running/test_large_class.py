"""The large class: it has all kinds of students, is the same each time, and wrong verdicts are noticed.

That the grader gives each of 200 the right verdicts is shown by `python -m tools.large_class FOLDER`.
"""

from collections import Counter

import pytest

from grading.course import Course
from grading.publishing.grades_csv import write_grades
from grading.verdicts import Verdict, mark
from tools import large_class
from tools.large_class import KINDS, PACKINGS, Maker, surprises


@pytest.fixture(scope="module")
def course():
    return Course()


@pytest.fixture(scope="module")
def made(course):
    maker = Maker(course, seed=1)
    return [maker.student(number) for number in range(100)]


def test_among_100_are_all_kinds_handed_in_in_all_ways(made):
    kinds = Counter(handed.kind.split(":")[0] for _, handed, _ in made)
    assert len(kinds) == len(KINDS)
    assert min(kinds.values()) >= 2
    assert {pack for _, _, pack in made} == set(PACKINGS)


def test_every_verdict_but_the_graders_own_failure_is_expected_of_somebody(made):
    expected = set().union(*(verdicts for _, handed, _ in made for verdicts in handed.expected.values()))
    assert expected == {"ok", "wrong", "todo", "error", "timeout", "memory", "crashed", "missing", "unreadable"}


def test_a_class_is_the_same_each_time(course, made, tmp_path):
    first, second = (large_class.make_class(tmp_path / name, 3) for name in ("one", "two"))
    assert first == second == {student: handed for student, handed, _ in made[:3]}
    files = [
        sorted(path for path in (tmp_path / name / "submitted").rglob("*") if path.is_file()) for name in ("one", "two")
    ]
    assert [path.read_bytes() for path in files[0] if path.suffix == ".ipynb"] == [
        path.read_bytes() for path in files[1] if path.suffix == ".ipynb"
    ]


def test_a_verdict_that_is_wrong_or_is_not_there_is_noticed(course, made, tmp_path):
    handed = {"anna": large_class.Maker(course, 1).solved(None)}
    marks = [mark("anna", exercise, Verdict("ok", "✓")) for exercise in course.automatic.values()]
    write_grades(tmp_path / "right.csv", marks)
    assert list(surprises(handed, tmp_path / "right.csv")) == []
    write_grades(tmp_path / "wrong.csv", [marks[0]._replace(verdict="wrong"), *marks[2:]])
    first, second = surprises(handed, tmp_path / "wrong.csv")
    assert first == f"anna (solved), {marks[0].exercise}: expected ok; got wrong, ✓"
    assert second == f"anna (solved), {marks[1].exercise}: expected ok; got None"
