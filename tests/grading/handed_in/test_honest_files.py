"""Honest hand-ins whose files are unusual are marked in the sandbox as any other."""

import json
import sys

import nbformat
import pytest

from grading.course import ASSIGNMENT
from tests.kit.students import COURSE, NAMES, ONE, TWO, as_bytes, solved, verdicts, with_cell, with_row_dot

pytestmark = pytest.mark.proof

PRODUCTS = b"def products(a, b):\n    return a * b\n"
IMPORTING = "from {} import products\n\ndef row_dot(a, b):\n    return products(a, b).sum(dim=1)"


def beside(office, files, student="anna"):
    """Put files beside a student's notebooks."""
    for name, data in files.items():
        path = office.folder / student / ASSIGNMENT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.mark.parametrize(
    ("files", "module"),
    [
        ({"utils.py": PRODUCTS}, "utils"),
        ({"mine/__init__.py": b"", "mine/products.py": PRODUCTS}, "mine.products"),
        ({"mine/products.py": PRODUCTS}, "mine.products"),
        ({"utils.py": b"from more import products", "more.py": PRODUCTS}, "utils"),
    ],
    ids=["a module", "a package", "a folder", "two modules"],
)
def test_modules_of_the_students_own_can_be_imported(office, files, module):
    beside(office, files)
    assert office.mark(with_row_dot(IMPORTING.format(module)))["row-dot"].verdict == "ok"


def test_no_module_of_the_students_stands_in_for_ours(office):
    harm = b"raise SystemExit\n"
    beside(office, {"helpers.py": harm, "torch.py": harm, "exercises/checks.py": harm, "helpers/data.py": harm})
    beside(office, {"numpy/__init__.py": harm, "json.py": harm})
    assert office.mark(solved(ONE))["row-dot"].verdict == "ok"


def test_a_module_that_a_cell_writes_can_be_imported(office):
    notebook = with_cell(
        with_row_dot(IMPORTING.format("written")), f"%%writefile written.py\n{PRODUCTS.decode()}", "tensors"
    )
    assert office.mark(notebook)["row-dot"].verdict == "ok"


@pytest.mark.parametrize(
    "setting",
    [
        'os.environ["RECSYS_REVIEWS"] = "/content/drive/MyDrive/reviews_Video_Games_5.json.gz"',
        'os.environ["RECSYS_FOLD"] = "3"',
        'os.environ["RECSYS_REVIEWS"] = ""\n%env RECSYS_FOLD=5',
        "os.environ.clear()",
    ],
)
def test_reviews_of_the_students_own_are_not_asked_for(office, setting):
    notebook = solved(TWO)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(f"import os\n{setting}", id="own"))
    assert set(verdicts(office.mark(notebook)).values()) == {"ok"}


def test_an_empty_file_is_unreadable_alone(office):
    marks = office.mark_files(**{f"{ONE}.ipynb": b"", f"{TWO}.ipynb": as_bytes(solved(TWO))})
    assert {mark.verdict for mark in marks.values() if mark.notebook == ONE} == {"unreadable"}
    assert {mark.verdict for mark in marks.values() if mark.notebook == TWO} == {"ok"}
    assert "The file is empty." in marks["row-dot"].message


def test_all_notebooks_in_one_file_earn_all_points(office):
    whole = solved(NAMES[0])
    whole.cells += [cell for name in NAMES[1:] for cell in solved(name).cells]
    marks = office.mark_files(**{f"{NAMES[-1]}.ipynb": json.dumps(whole).encode()})
    assert verdicts(marks) == dict.fromkeys(COURSE.automatic, "ok")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python has the syntax of 3.12")
def test_code_for_a_newer_python_has_no_mark_taken_and_is_told(office):
    newer = 'print(f"shapes {dict(a=1)["a"]}")\n'
    in_answer, beside_it = with_row_dot(newer + COURSE.exercises["row-dot"].solution), solved(ONE)
    beside_it = with_cell(
        with_row_dot("def row_dot(a, b):\n    return mine(a, b)"),
        newer + "mine = lambda a, b: (a * b).sum(1)",
        "tensors",
    )
    for notebook in (in_answer, beside_it):
        result = marked(office, notebook)
        assert [mark.verdict for mark in result.marks if mark.exercise == "row-dot"] == ["grader_error"]
        assert [mark.points for mark in result.marks if mark.exercise == "row-dot"] == [None]
        assert any("needs Python 3.12 or newer" in note for note in result.notes)


def test_a_wrong_answer_is_not_saved_by_a_newer_python(office):
    notebook = with_cell(with_row_dot("def row_dot(a, b):\n    return a.sum(1)"), 'f"{dict(a=1)["a"]}"', "tensors")
    assert [mark.verdict for mark in marked(office, notebook).marks if mark.exercise == "row-dot"] == ["wrong"]


def marked(office, notebook, student="anna"):
    """Return what the marker says of one notebook."""
    from grading.handed_in.submissions import find_submissions

    beside(office, {f"{ONE}.ipynb": as_bytes(notebook)}, student)
    (submission,) = find_submissions(office.folder, COURSE)
    return office.marker.mark(submission)
