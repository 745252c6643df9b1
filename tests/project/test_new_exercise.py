"""An exercise made as docs/authors.md says, in a copy of the project: from the command to a mark and its feedback."""

import nbformat
import pytest

from authoring import new_exercise
from authoring.notebooks import ROOT
from authoring.registry import EXERCISES, Registry
from grading.publishing.grades_csv import read_grades

pytestmark = pytest.mark.proof

ID, NOTEBOOK = "double-values", "01_reviews_to_batches"
MISSING = {  # what the first draft lacks: sentences that count, and more answers
    "test_the_readme_counts_exercises_and_points",
    f"test_the_title_of_a_notebook_counts_its_exercises_and_points[{NOTEBOOK}]",
    f"test_the_bank_is_large_enough_to_mean_something[{ID}]",
}


@pytest.fixture(scope="module")
def made(isolation, clone, do):
    """The copy with a new exercise: executed, released, and handed in by two."""
    do("authoring", "new-exercise", ID, "--notebook", "1")
    do("authoring", "solutions", f"solutions/recommenders2/{NOTEBOOK}.ipynb")
    do("authoring", "release")
    for student, kind in {"ada": "right", "ben": "wrong"}.items():
        [answer] = (clone / "exercises" / ID / kind).glob("*.py")
        notebook = nbformat.read(clone / "notebooks" / "recommenders2" / f"{NOTEBOOK}.ipynb", as_version=4)
        [cell] = [cell for cell in notebook.cells if cell.id == ID]
        cell.source = answer.read_text(encoding="utf-8")
        path = clone / "submitted" / student / "recommenders2" / f"{NOTEBOOK}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    do("grading", "submitted", "--out", "grades.csv")
    return clone


def test_the_check_the_hidden_test_and_the_mark_agree(made):
    marks = {mark.student: mark for mark in read_grades(made / "grades.csv") if mark.exercise == ID}
    assert (marks["ada"].verdict, marks["ada"].points) == ("ok", 1)
    assert (marks["ben"].verdict, marks["ben"].points) == ("wrong", 0)
    assert "You squared it" in marks["ben"].message


def test_the_student_reads_it_in_the_feedback(made):
    page = (made / "feedback" / "ben" / "recommenders2" / "feedback.html").read_text(encoding="utf-8")
    assert "Exercise 1.4: double values" in page
    assert "You squared it" in page


def test_the_tests_say_what_is_still_missing(made, do):
    here = ["tests/project/test_house.py", "tests/exercises/test_answers.py", "tests/exercises/test_mutants.py"]
    here += ["tests/grading/examining/test_hidden_tests.py", "tests/authoring/test_no_answers.py"]
    only = f"{ID} or {NOTEBOOK} or readme or index or gone"
    said = do("pytest", "-q", "-p", "no:cacheprovider", "-k", only, *here, code=1)
    failed = {line.split("::")[1].split(" - ")[0] for line in said.splitlines() if line.startswith("FAILED")}
    assert failed == MISSING, said


@pytest.mark.parametrize(
    ("id", "notebook", "message"),
    [
        ("row-dot", 1, "already"),
        ("Clip", 1, "no id"),
        ("../x", 1, "no id"),
        ("clip-rating", 9, "no notebook 9"),
        ("setup", 1, "a cell of that name"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_written(id, notebook, message):
    before = {path: path.stat().st_mtime_ns for path in [*EXERCISES.rglob("*"), *ROOT.glob("solutions/*/*.ipynb")]}
    with pytest.raises(new_exercise.NotNew, match=message):
        new_exercise.new_exercise(id, notebook)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert id == "row-dot" or id not in Registry().exercises
