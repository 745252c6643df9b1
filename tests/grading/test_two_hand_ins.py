"""One solved and one hostile hand-in, marked by the command in the sandbox: the shortest way through the grader.

The course is one of two notebooks, which is enough for that and spares a minute.
"""

import pytest

from grading import demo
from grading.publishing.grades_csv import read_grades
from tests.kit.small_course import two_notebooks

HOSTILE = """\
import os
from contextlib import suppress
from pathlib import Path
def row_dot(a, b):
    for path in [Path("/course/notebooks"), Path.home(), Path("/etc")]:
        with suppress(OSError):
            (path / "mine").write_text("here")
    os._exit(0)
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of the first two notebooks."""
    return two_notebooks(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def marks(isolation, course, run):
    """The marks of both, by student and exercise."""
    root = course.root
    demo.in_a_folder(root / "submitted" / "ada", demo.solved(course))
    first = f"{course.exercises['row-dot'].notebook}.ipynb"
    hostile = demo.solved(course)[first]
    [answer] = [cell for cell in hostile.cells if cell.id == "row-dot"]
    answer.source = HOSTILE
    demo.in_a_folder(root / "submitted" / "eve", {first: hostile})
    run("grading", "submitted", "--course", root, "--out", root / "grades.csv", "--jobs", "1", cwd=root)
    found = read_grades(root / "grades.csv")
    return {name: {mark.exercise: mark for mark in found if mark.student == name} for name in ("ada", "eve")}


def test_a_solved_session_gets_all_points(course, marks):
    assert {mark.verdict for mark in marks["ada"].values()} == {"ok"}
    assert {id: mark.points for id, mark in marks["ada"].items()} == {
        id: exercise.points for id, exercise in course.automatic.items()
    }


def test_a_hostile_answer_gets_none_and_harms_nobody(course, marks):
    assert marks["eve"]["row-dot"].verdict == "crashed"
    others = {id: mark for id, mark in marks["eve"].items() if id != "row-dot"}
    first = course.exercises["row-dot"].notebook
    assert {mark.verdict for mark in others.values() if mark.notebook == first} == {"ok"}
    assert {mark.verdict for mark in others.values() if mark.notebook != first} == {"missing"}
