"""A course of one's own, as docs/authors.md says: in a copy of the project, one notebook, in German, on other data."""

import json
import re
import shutil
import zipfile

import nbformat
import pytest

from authoring.new_exercise import graded
from grading.publishing.grades_csv import read_grades

pytestmark = pytest.mark.proof

NOTEBOOK, DRAFT, PLAIN = "01_mittelwerte", "double-values", "middle-rating"
TITLE = "Werte verdoppeln"
ANSWER = """\
def middle(ratings):
    ### BEGIN SOLUTION
    return sorted(ratings)[len(ratings) // 2]
    ### END SOLUTION"""
CHECK = "assert middle([5, 1, 3]) == 3, 'Die mittlere Bewertung ist 3.'"
REVIEWS = [
    {
        "reviewerID": f"u{user}",
        "asin": f"i{item}",
        "reviewText": "schön und spannend",
        "overall": 1.0 + (user + item) % 5,
    }
    for user in range(20)
    for item in range(15)
]


def text(id, source):
    return nbformat.v4.new_markdown_cell(source, id=id)


def code(id, source, **metadata):
    return nbformat.v4.new_code_cell(source, id=id, metadata=metadata)


def own_notebook():
    """Return a solution notebook: data, and an exercise with an assertion of its own."""
    cells = [
        text("title", "# Sitzung · Mittelwerte\n\nZwei Übungen."),
        code("setup", "import torch\n\nfrom exercises import checks\nfrom helpers.data import load_data"),
        code("daten", "data = load_data()\nprint(f'{data.nb_users} Menschen, {data.nb_items} Filme')"),
        text("mitte", "**Exercise 1.1: die Mitte** · 5 minutes · 0.5 points\n\nGib die mittlere Bewertung zurück."),
        code(PLAIN, ANSWER, nbgrader=graded(PLAIN, solution=True)),
        code(f"check-{PLAIN}", CHECK, nbgrader=graded(f"check-{PLAIN}", points=0.5)),
        text("ende", "Das war es."),
    ]
    return nbformat.v4.new_notebook(cells=cells)


def change(path, edit):
    """Edit a notebook."""
    notebook = nbformat.read(path, as_version=4)
    edit({cell.id: cell for cell in notebook.cells})
    nbformat.write(notebook, path)


def own_words_and_points(cells):
    """Give the draft of an exercise a German title, and 2.5 points."""
    heading = cells[f"exercise-{DRAFT}"]
    heading.source = heading.source.replace("double values", TITLE).replace("1 point", "2.5 points")
    cells[f"check-{DRAFT}"].metadata.nbgrader.points = 2.5


@pytest.fixture(scope="module")
def released(isolation, clone, do):
    """The copy without our notebooks and exercises, and with a notebook and two exercises of its own, released."""
    for kind in ("solutions", "notebooks"):
        shutil.rmtree(clone / kind / "recommenders2")
    for path in (clone / "exercises").glob("*/check.py"):
        shutil.rmtree(path.parent)
    (clone / "reviews.json").write_text("".join(json.dumps(review) + "\n" for review in REVIEWS), encoding="utf-8")
    path = clone / "solutions" / "recommenders2" / f"{NOTEBOOK}.ipynb"
    path.parent.mkdir()
    nbformat.write(own_notebook(), path)
    do("authoring", "new-exercise", DRAFT, "--notebook", "1")
    change(path, own_words_and_points)
    do("authoring", "release")
    do("authoring", "solutions", RECSYS_REVIEWS="reviews.json")
    do("authoring", "release")
    return clone


def hand_in(clone, student, **answers):
    """Hand in the released notebook with answers, by the exercise's id with _ for -."""
    path = clone / "submitted" / student / "recommenders2" / f"{NOTEBOOK}.ipynb"
    path.parent.mkdir(parents=True)
    shutil.copy(clone / "notebooks" / "recommenders2" / path.name, path)

    def edit(cells):
        for id, source in answers.items():
            cells[id.replace("_", "-")].source = source

    change(path, edit)


@pytest.fixture(scope="module")
def marks(released, do):
    """{student: {exercise: mark}} of two hand-ins."""
    answers = {
        path.parent.name: path.read_text(encoding="utf-8") for path in released.glob(f"exercises/{DRAFT}/*/*.py")
    }
    hand_in(
        released, "ada", double_values=answers["right"], middle_rating="middle = lambda ratings: sorted(ratings)[1]"
    )
    hand_in(released, "ben", double_values=answers["wrong"], middle_rating="middle = max")
    do("grading", "submitted", "--out", "grades.csv")
    found = read_grades(released / "grades.csv")
    return {student: {mark.exercise: mark for mark in found if mark.student == student} for student in ("ada", "ben")}


def test_the_solution_ran_on_the_other_data(released):
    notebook = nbformat.read(released / "solutions" / "recommenders2" / f"{NOTEBOOK}.ipynb", as_version=4)
    printed = "".join(output.text for cell in notebook.cells if cell.id == "daten" for output in cell.outputs)
    assert "reviews.json" in printed
    assert printed.endswith("20 Menschen, 15 Filme\n")


def test_the_release_has_its_words_and_no_answer(released):
    paths = list((released / "notebooks").rglob("*.ipynb"))
    assert [path.stem for path in paths] == [NOTEBOOK]
    given = paths[0].read_text(encoding="utf-8")
    assert TITLE in given
    assert "sorted(ratings)" not in given


def test_points_are_its_own(marks):
    points = {student: {id: mark.points for id, mark in theirs.items()} for student, theirs in marks.items()}
    assert points == {"ada": {DRAFT: 2.5, PLAIN: 0.5}, "ben": {DRAFT: 0, PLAIN: 0}}
    assert marks["ben"][DRAFT].max_points == 2.5
    assert "Die mittlere Bewertung ist 3." in marks["ben"][PLAIN].message


def test_pages_have_its_titles_in_english_words(marks, released):
    page = (released / "feedback" / "ben" / "recommenders2" / "feedback.html").read_text(encoding="utf-8")
    assert f"Exercise 1.2: {TITLE}" in page
    assert "Mittelwerte" in page
    assert re.search(r"\b0 of 3 points", page)


def test_a_heading_in_other_words_is_refused_and_said(released, do, tmp_path):
    path = released / "solutions" / "recommenders2" / f"{NOTEBOOK}.ipynb"
    shutil.copy(path, tmp_path)

    def edit(cells):
        cells["mitte"].source = cells["mitte"].source.replace("Exercise", "Übung").replace("points", "Punkte")

    change(path, edit)
    for command in (["authoring", "release"], ["grading", "submitted"]):
        said = do(*command, code=1 if "authoring" in command else 2)
        assert (
            f"{NOTEBOOK}: cell `{PLAIN}` has no heading above it, such as `**Exercise 2.1: predict a rating**" in said
        )
        assert "Traceback" not in said
    shutil.copy(tmp_path / path.name, path)


def test_its_zip_holds_its_notebook_and_its_check(released, do):
    do("authoring", "bundle")
    with zipfile.ZipFile(released / "dist" / "recommenders2-student.zip") as archive:
        names = {name.split("/", 1)[1] for name in archive.namelist()}
    assert {name for name in names if name.endswith(".ipynb")} == {f"notebooks/recommenders2/{NOTEBOOK}.ipynb"}
    assert {name for name in names if name.endswith("check.py")} == {f"helpers/exercises/{DRAFT}/check.py"}
