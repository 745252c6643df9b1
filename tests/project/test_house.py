"""The house in order: what its pages say of it, and whether each exercise has all its pieces."""

import ast
import re
import subprocess

import nbformat
import pytest

from authoring.notebooks import ROOT, read, solution_paths, write
from authoring.registry import INDEX, Registry
from exercises.checks import CHECKS
from exercises.hidden import hidden_tests
from grading.course import Course
from tests.kit.answer_bank import answers
from tools import house

COURSE = Course()
SOLUTIONS = [pytest.param(path, id=path.stem) for path in solution_paths()]
CONTRIBUTORS = (ROOT / "docs" / "contributors.md").read_text(encoding="utf-8")
PAGES = ["CONTRIBUTING.md", "README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
LEARNED = {"koren-fit"}  # a trained model, whose hidden test is on reviews that it has not seen: nothing to memorise


# --- the picture


def test_the_picture_in_the_page_is_the_one_that_the_imports_make():
    _, shown, _ = house.split(house.PAGE.read_text(encoding="utf-8"))
    assert shown == house.picture(), "type: python -m tools.house --write"


def test_the_picture_shows_notebooks_rooms_and_modules():
    lines = house.picture().splitlines()
    assert "    solutions --> exercises & helpers" in lines
    assert "        remote --> sandbox" in lines
    assert "        batches" in lines  # imports no module of the helpers, and none imports it


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import helpers.data", "helpers.data"),
        ("from helpers import data", "helpers.data"),
        ("def late():\n    from helpers.data import Review", "helpers.data.Review"),
        ("from . import channel", "grading.remote.channel"),
        ("from ..sandbox import process", "grading.sandbox.process"),
    ],
)
def test_an_import_is_seen_in_each_of_its_forms(source, found):
    assert list(house.imports(("grading", "remote", "kernel"), source)) == [tuple(found.split("."))]


# --- what is said elsewhere


@pytest.mark.parametrize("page", PAGES)
def test_each_file_that_a_page_names_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    named = re.findall(r"`((?:helpers|tests|grading|authoring|benchmarks|docs|jupyter|\.github)/[\w./-]*)", outside)
    named += [f"tests/{module}.py" for module in re.findall(r"`(test_\w+)`", outside)]
    named += [link for link in re.findall(r"\]\(([^)#]+)\)", outside) if "://" not in link]
    folder = (ROOT / page).parent
    assert [name for name in named if not (ROOT / name).exists() and not (folder / name).exists()] == []


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=lambda path: path.stem)
def test_each_module_of_tests_says_what_it_tests(path):
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc, "docs/contributors.md lists tests by the docstrings of their modules"


def points(exercises):
    return sum(exercise.points for exercise in exercises)


def test_the_readme_counts_exercises_and_points():
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    automatic = COURSE.automatic.values()
    assert f"There are {len(automatic)} exercises with {points(automatic):g} points" in text


@pytest.mark.parametrize("path", SOLUTIONS)
def test_the_title_of_a_notebook_counts_its_exercises_and_points(path):
    exercises = [exercise for exercise in COURSE.exercises.values() if exercise.notebook == path.stem]
    automatic, by_hand = ([exercise for exercise in exercises if exercise.by_hand is hand] for hand in (False, True))
    counted = f"{NUMBERS[len(automatic)]} exercise{'s' if len(automatic) > 1 else ''}"
    question = " and an open question" if by_hand else ""
    worth = f"{points(automatic):g}" + (f" + {points(by_hand):g}" if by_hand else "")
    title = next(cell.source for cell in read(path).cells if cell.id == "title")
    assert f"{counted}{question}, {worth} point{'s' if points(exercises) > 1 else ''}." in title


# --- the pieces of an exercise, see docs/authors.md


def missing_pieces(id):
    """Return what an exercise lacks: what to write, and where."""
    folder = f"exercises/{id}"
    if id not in CHECKS:
        yield f'{folder}/check.py: the check, `@check("{id}")`'
    if id not in hidden_tests():
        yield f'{folder}/hidden.py: the hidden test, `@hidden("{id}")`'
    for kind in ("right", "wrong"):
        if not answers(kind, id):
            yield f"{folder}/{kind}/: an answer, the content of a student's cell"
    if not answers("memorised", id) and id not in LEARNED:
        yield f"{folder}/memorised/: an answer that the check accepts and the hidden test refuses"


@pytest.mark.parametrize("id", COURSE.automatic)
def test_an_exercise_has_all_its_pieces(id):
    assert list(missing_pieces(id)) == []


def test_nothing_is_left_of_an_exercise_that_is_gone():
    folders = {path.parts[-2] for path in (ROOT / "exercises").glob("*/check.py")}
    assert folders | hidden_tests().keys() | CHECKS.keys() == COURSE.automatic.keys()


def test_the_index_is_what_the_notebooks_declare():
    assert INDEX.read_text(encoding="utf-8") == Registry().index(), "type: python -m authoring release"


@pytest.mark.parametrize("id", COURSE.exercises)
def test_the_points_of_a_cell_are_those_of_the_heading(id):
    exercise = COURSE.exercises[id]
    marked = released_cell(id if exercise.by_hand else f"check-{id}", exercise)
    assert marked.metadata.nbgrader.points == exercise.points


@pytest.mark.parametrize("id", COURSE.exercises)
def test_the_stub_is_what_students_are_given(id):
    assert COURSE.exercises[id].stub == released_cell(id, COURSE.exercises[id]).source


def released_cell(id, exercise):
    cells = {cell.id: cell for cell in COURSE.released[exercise.notebook].cells}
    assert id in cells, "type: python -m authoring release"
    return cells[id]


@pytest.mark.parametrize("path", SOLUTIONS)
def test_cells_are_called_by_words(path):
    drawn = [cell.id for cell in read(path).cells if not re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id)]
    assert not drawn, f"{drawn[0]} is an id drawn at random: write a name in words in its place, in the file"


# --- notebooks in git


def test_git_shows_the_changes_of_a_notebook_as_text(tmp_path):
    """As docs/contributors.md sets it up, once per clone."""
    [setting] = re.findall(r"^git (config diff\.jupyternotebook\.command) '(.+)'$", CONTRIBUTORS, flags=re.MULTILINE)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("out = 1", id="sum")])
    path = tmp_path / "a.ipynb"
    write(notebook, path)

    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    git("init", "--quiet")
    git("add", "a.ipynb")
    git(*setting[0].split(), setting[1])
    notebook.cells[0].source = "out = 2"
    notebook.cells[0].outputs = [nbformat.v4.new_output("display_data", {"image/png": "iVBOR", "text/html": "<img>"})]
    write(notebook, path)
    shown = git("-c", "color.ui=never", "diff")
    assert re.search(r"^\S*- *out = 1$", shown, flags=re.MULTILINE)
    assert re.search(r"^\S*\+ *out = 2$", shown, flags=re.MULTILINE)
    assert "iVBOR" not in shown
    assert "<img>" not in shown
