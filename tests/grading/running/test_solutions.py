"""A course with a slip of the instructor's is refused in a sentence, before anyone is marked."""

import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook

from authoring.notebooks import ROOT
from grading import demo
from grading.course import ASSIGNMENT, Course
from grading.publishing.grades_csv import read_grades
from grading.running.solutions import CourseError, look_through

FIRST = next(iter(Course().released))


@pytest.fixture
def root(tmp_path):
    """A course of its own."""
    tmp_path.chmod(0o755)
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def change(root, kind, edit, name=FIRST):
    """Edit a notebook of the course."""
    path = root / kind / ASSIGNMENT / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    edit(notebook)
    nbformat.write(notebook, path)


def cell(notebook, id):
    return next(cell for cell in notebook.cells if cell.id == id)


def other_points(notebook):
    cell(notebook, "check-row-dot").metadata.nbgrader.points = 5


def a_cell_less(notebook):
    del notebook.cells[3]


def two_cells_exchanged(notebook):
    notebook.cells[3], notebook.cells[4] = notebook.cells[4], notebook.cells[3]


def test_the_course_as_it_is_has_no_slip():
    look_through(Course())


@pytest.mark.parametrize("kind", ["solutions", "notebooks"])
@pytest.mark.parametrize("edit", [other_points, a_cell_less, two_cells_exchanged])
def test_a_release_that_is_not_of_its_solution_is_refused(root, kind, edit):
    change(root, kind, edit)
    with pytest.raises(CourseError, match=rf"{FIRST}.ipynb is not the release of its solution: .* Type make release."):
        look_through(Course(root))


@pytest.mark.parametrize("kind", ["solutions", "notebooks"])
def test_a_notebook_that_is_missing_on_one_side_is_refused(root, kind):
    (root / kind / ASSIGNMENT / f"{list(Course().released)[-1]}.ipynb").unlink()
    with pytest.raises(CourseError, match="type make release"):
        look_through(Course(root))


def test_an_exercise_without_a_check_of_ours_is_refused(root):
    for kind in ("solutions", "notebooks"):
        path = root / kind / ASSIGNMENT / f"{FIRST}.ipynb"
        path.write_text(path.read_text(encoding="utf-8").replace("row-dot", "row-dots"), encoding="utf-8")
    with pytest.raises(CourseError, match=r"Exercise 1.1 \(row-dots\) .* exercises/row-dots/check.py is missing"):
        look_through(Course(root))


def with_parts(words):
    """Return an edit that declares points for parts of the exercise koren-mf."""

    def edit(notebook):
        cell(notebook, "check-koren-mf").source += f"  # points: {words}"

    return edit


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("constructor 1, forward 2", r"the points of its parts are not 2 together"),
        ("constructor 1..5, forward 0.5", r"its check cell speaks of points otherwise than"),
        ("constructor 1 forward 1", r"its check cell speaks of points otherwise than"),
        ("constructor -1, forward 3", r"its check cell speaks of points otherwise than"),
        ("constructor 1, constructor 1", r"the points of its parts are not 2 together"),
        ("start 1, forward 1", r"of the parts forward, start one may be the rest, and its check .* constructor alone"),
    ],
)
def test_points_for_parts_that_do_not_fit_are_refused(root, words, sentence):
    for kind in ("solutions", "notebooks"):
        change(root, kind, with_parts(words), "02_matrix_factorization")
    with pytest.raises(CourseError, match=rf"Exercise 2.3 \(koren-mf\): {sentence}"):
        look_through(Course(root))


def first_two(root):
    """Return the course of the first two notebooks alone, which are marked in half the time."""
    for path in [path for kind in ("solutions", "notebooks") for path in (root / kind).rglob("0[3-9]*.ipynb")]:
        path.unlink()
    return Course(root)


@pytest.mark.proof
def test_a_part_that_is_right_earns_what_the_check_cell_says(isolation, root, run):
    for kind in ("solutions", "notebooks"):
        change(root, kind, with_parts("constructor 1.5, forward 0.5"), "02_matrix_factorization")
    course = first_two(root)
    right = course.exercises["koren-mf"].solution
    answers = {
        "forward": (right, "+ umean +", "- umean +"),
        "raises": (right, "self.umean(user)", "self.umean(nobody)"),
        "constructor": (right, "nn.init.zeros_", "nn.init.ones_"),
    }
    for student, (source, old, new) in answers.items():
        notebook = demo.solved(course)["02_matrix_factorization.ipynb"]
        assert old in source
        cell(notebook, "koren-mf").source = source.replace(old, new)
        demo.in_a_folder(root / "submitted" / student, {"02_matrix_factorization.ipynb": notebook})
    run("grading", "submitted", "--course", root, "--out", root / "grades.csv", cwd=root)
    marks = {mark.student: mark for mark in read_grades(root / "grades.csv") if mark.exercise == "koren-mf"}
    found = {student: (mark.verdict, mark.points) for student, mark in marks.items()}
    assert found == {"forward": ("wrong", 1.5), "raises": ("error", 1.5), "constructor": ("wrong", 0)}
    assert "Earned: 1.5 of 2 points, for the constructor." in marks["forward"].message
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("check-koren-mf", "02_matrix_factorization", ASSIGNMENT, "forward")
        assert grade.auto_score == 1.5


ASSERTIONS = """\
### BEGIN HIDDEN TESTS
assert row_dot(torch.eye(3), 2 * torch.eye(3)).tolist() == [2, 2, 2], "of a row with its double"
### END HIDDEN TESTS
assert row_dot(torch.ones(1, 2), torch.ones(1, 2)).tolist() == [2]"""
FORGED = "def row_dot(a, b):\n    class Same(list):\n        __eq__ = lambda self, other: True\n"
FORGED += "    return type('T', (), {'tolist': lambda self: Same()})()"
PLAIN = {
    "right": (None, "ok", "✓ Exercise 1.1: its assertions hold."),
    "wrong": ("def row_dot(a, b):\n    return a.sum(dim=1)", "wrong", "of a row with its double"),
    "stopped": ("def row_dot(a, b):\n    return a / nothing", "error", "nothing"),
    "untouched": ("", "todo", "is still to do"),
    "forged": (FORGED, "ok", "✓"),
}


@pytest.mark.proof
def test_a_check_of_plain_assertions_marks_and_is_said_to_be_forgeable(isolation, root, run):
    def asserting(notebook, check=ASSERTIONS):
        cell(notebook, "check-row-dot").source = check

    change(root, "solutions", asserting)
    change(root, "notebooks", lambda notebook: asserting(notebook, ASSERTIONS.split("### END HIDDEN TESTS\n")[1]))
    course = first_two(root)
    for student, (answer, _, _) in PLAIN.items():
        notebook = demo.solved(course)[f"{FIRST}.ipynb"]
        if answer is not None:
            cell(notebook, "row-dot").source = answer or course.exercises["row-dot"].stub
        demo.in_a_folder(root / "submitted" / student, {f"{FIRST}.ipynb": notebook})
    done = run("grading", "submitted", "--course", root, "--out", root / "grades.csv", cwd=root)
    assert (
        "Exercise 1.1 (row-dot) is checked by the code of its check cell, in the student's own process" in done.stdout
    )
    found = {mark.student: mark for mark in read_grades(root / "grades.csv") if mark.exercise == "row-dot"}
    assert {student: mark.verdict for student, mark in found.items()} == {one: PLAIN[one][1] for one in PLAIN}
    said = {student: mark.message for student, mark in found.items()}
    assert {student: words for student, (_, _, words) in PLAIN.items() if words not in said[student]} == {}, said
    others = {mark.verdict for mark in read_grades(root / "grades.csv") if mark.exercise == "tuple-batch"}
    assert others == {"ok"}


@pytest.mark.proof
def test_nobody_is_marked_by_a_wrong_solution(isolation, root, run):
    demo.in_a_folder(root / "submitted" / "ada", demo.solved(Course(root)))

    def wrong(notebook):
        answer = cell(notebook, "row-dot")
        answer.source = answer.source.replace(".sum(", ".mean(")

    change(root, "solutions", wrong)
    done = run("grading", "submitted", "--course", root, cwd=root, check=False)
    assert done.returncode == 2
    assert "The solution of exercise 1.1 (row-dot) is itself marked 'wrong'" in done.stderr
    assert "Nobody was marked." in done.stderr
    assert not (root / "grades.csv").exists()
    assert (root / ".grading" / "audit.jsonl").read_text() == ""
