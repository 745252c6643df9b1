"""One solved and one hostile hand-in, marked by the command in the sandbox: the shortest way through the grader."""

import shutil

import pytest

from authoring.notebooks import ROOT
from grading import demo
from grading.course import Course
from grading.publishing.grades_csv import read_grades

HOSTILE = """\
import os, signal
from contextlib import suppress
from pathlib import Path
def row_dot(a, b):
    for path in [Path("/course/notebooks"), Path.home(), Path("/etc")]:
        with suppress(OSError):
            (path / "mine").write_text("here")
    with suppress(OSError):
        os.kill(os.getppid(), signal.SIGKILL)
    os._exit(0)
"""


@pytest.fixture(scope="module")
def marks(isolation, tmp_path_factory, run):
    """The marks of both, by student and exercise."""
    root = tmp_path_factory.mktemp("course")
    root.chmod(0o755)
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    course = Course(root)
    demo.in_a_folder(root / "submitted" / "ada", demo.solved(course))
    first = f"{course.exercises['row-dot'].notebook}.ipynb"
    hostile = demo.solved(course)[first]
    [answer] = [cell for cell in hostile.cells if cell.id == "row-dot"]
    answer.source = HOSTILE
    demo.in_a_folder(root / "submitted" / "eve", {first: hostile})
    run("grading", "submitted", "--course", root, "--out", root / "grades.csv", cwd=root)
    found = read_grades(root / "grades.csv")
    return {name: {mark.exercise: mark for mark in found if mark.student == name} for name in ("ada", "eve")}


def test_a_solved_session_gets_all_points(marks):
    assert {mark.verdict for mark in marks["ada"].values()} == {"ok"}
    assert {id: mark.points for id, mark in marks["ada"].items()} == {
        id: exercise.points for id, exercise in Course().automatic.items()
    }


def test_a_hostile_answer_gets_none_and_harms_nobody(marks):
    assert marks["eve"]["row-dot"].verdict == "crashed"
    others = {id: mark for id, mark in marks["eve"].items() if id != "row-dot"}
    first = Course().exercises["row-dot"].notebook
    assert {mark.verdict for mark in others.values() if mark.notebook == first} == {"ok"}
    assert {mark.verdict for mark in others.values() if mark.notebook != first} == {"missing"}
