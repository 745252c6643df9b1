"""nbgrader's own commands, from release to export, with a class of three: solved, untouched, wrong in one exercise.

`nbgrader autograde` hands the marking to `python -m grading`, so it needs its sandbox.
"""

import csv
import shutil
import zipfile

import nbformat
import pytest
from nbgrader.api import Gradebook

from authoring.notebooks import solution_paths
from grading.publishing.grades_csv import read_grades
from tests.kit.totals import COUNT, POINTS, worth
from tests.notebooks.test_notebooks import EXERCISES

pytestmark = pytest.mark.proof

ASSIGNMENT = "recommenders2"
FULL_MARKS = {f"check-{name}": points for notebook in EXERCISES.values() for name, points in notebook.items()}
BY_HAND = 1.5  # what a person gave the solved open question
WRONG_LINE = "out = self.mean + (embed_u * embed_i).mean(dim=1)"


@pytest.fixture(scope="module")
def graded(isolation, course, run):
    run("nbgrader", "generate_assignment", ASSIGNMENT, cwd=course)
    released = course / "notebooks" / ASSIGNMENT
    submitted = course / "submitted"
    solved = submitted / "solved" / ASSIGNMENT
    shutil.copytree(released, submitted / "untouched" / ASSIGNMENT)
    shutil.copytree(released, solved)
    for path in solved.glob("*.ipynb"):
        fill_in(path, course / "solutions" / ASSIGNMENT / path.name)
    shutil.copytree(solved, submitted / "wrong" / ASSIGNMENT)
    path = submitted / "wrong" / ASSIGNMENT / "02_matrix_factorization.ipynb"
    text = path.read_text(encoding="utf-8")
    right_line = "out = self.mean + (embed_u * embed_i).sum(dim=1)"
    assert right_line in text
    path.write_text(text.replace(right_line, WRONG_LINE), encoding="utf-8")
    log = run("nbgrader", "autograde", ASSIGNMENT, cwd=course)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("which-model", "04_predicting_text", ASSIGNMENT, "solved")
        grade.manual_score, grade.needs_manual_grade = BY_HAND, False
        gradebook.db.commit()
    return course, log.stdout + log.stderr


def fill_in(path, solution):
    """Write the answers of the solution notebook into the student notebook at `path`, as a student would."""
    answers = {cell.id: cell.source for cell in nbformat.read(solution, as_version=4).cells}
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answers[cell.id]
    nbformat.write(notebook, path)


def automatic(scores):
    """Return the marks of the checks, without that of the open question."""
    return {name: score for name, score in scores.items() if name != "which-model"}


def scores(course, student):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, student)
        return {grade.name: grade.score for notebook in submission.notebooks for grade in notebook.grades}


def test_solved_notebooks_score_full_marks(graded):
    assert automatic(scores(graded[0], "solved")) == FULL_MARKS


def test_untouched_notebooks_score_nothing(graded):
    assert set(scores(graded[0], "untouched").values()) == {0}  # the open question too: its text is unchanged


def test_a_wrong_answer_costs_its_own_points_alone(graded):
    marks = automatic(scores(graded[0], "wrong"))
    assert marks.pop("check-classic-mf") == 0
    assert marks == {name: points for name, points in FULL_MARKS.items() if name != "check-classic-mf"}


def test_the_open_question_waits_for_a_person(graded):
    with Gradebook(f"sqlite:///{graded[0]}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("which-model", "04_predicting_text", ASSIGNMENT, "wrong")
        assert (grade.max_score, grade.needs_manual_grade, grade.auto_score) == (2, True, None)


def test_grading_warns_of_nothing(graded):
    assert "SAWarning" not in graded[1]
    assert "ERROR" not in graded[1]


def test_feedback_tells_the_student_what_was_wrong(graded, run):
    course, _ = graded
    run("nbgrader", "generate_feedback", ASSIGNMENT, cwd=course)
    feedback = course / "feedback"
    wrong = (feedback / "wrong" / ASSIGNMENT / "02_matrix_factorization.html").read_text(encoding="utf-8")
    assert "You took the mean over the latent dimension; a dot product sums." in wrong
    assert "_call_impl" not in wrong
    untouched = (feedback / "untouched" / ASSIGNMENT / "01_reviews_to_batches.html").read_text(encoding="utf-8")
    assert "○ Exercise 1.1 is still to do" in untouched
    assert "\x1b" not in wrong + untouched
    assert "You took the mean" in (feedback / "wrong" / ASSIGNMENT / "feedback.html").read_text(encoding="utf-8")


def test_the_file_of_marks_has_a_row_per_student_and_exercise(graded):
    marks = read_grades(graded[0] / "grades.csv")
    assert len(marks) == 3 * COUNT
    assert [mark.exercise for mark in marks if mark.verdict == "wrong"] == ["classic-mf"]


def test_no_code_of_a_student_runs_outside_the_sandbox(graded, run, tmp_path):
    """One who writes a file, or shows the checks another world, finds nothing but the sandbox."""
    course, _ = graded
    submitted = course / "submitted" / "hostile" / ASSIGNMENT
    shutil.copytree(course / "notebooks" / ASSIGNMENT, submitted)
    trace = tmp_path / "trace"
    path = submitted / "01_reviews_to_batches.ipynb"
    notebook = nbformat.read(path, as_version=4)
    code = f"open({str(trace)!r}, 'w')\nchecks.row_dot = print"
    notebook.cells.insert(
        2, nbformat.v4.new_code_cell(f"try:\n    {code.replace(chr(10), chr(10) + '    ')}\nexcept OSError: pass")
    )
    nbformat.write(notebook, path)
    run("nbgrader", "autograde", ASSIGNMENT, "--student", "hostile", cwd=course)
    assert not trace.exists()
    assert set(scores(course, "hostile").values()) == {0}
    shutil.rmtree(submitted.parent)


def test_autograde_again_keeps_marks_and_what_a_person_gave(graded, run):
    """As the button Autograde does it: `--force` removes what was recorded, and it comes back."""
    course, _ = graded
    run("nbgrader", "autograde", ASSIGNMENT, "--student", "solved", "--force", cwd=course)
    assert automatic(scores(course, "solved")) == FULL_MARKS
    assert scores(course, "solved")["which-model"] == BY_HAND
    assert len(list((course / "autograded" / "solved" / ASSIGNMENT).glob("*.ipynb"))) == len(solution_paths())
    assert len(read_grades(course / "grades.csv")) >= 3 * COUNT


def test_no_file_of_a_students_is_copied_and_no_link_followed(graded, run, tmp_path):
    """Neither by `nbgrader autograde` nor by `nbgrader generate_feedback`, wherever the link or the page lies."""
    course, _ = graded
    secret = tmp_path / "secret.txt"
    secret.write_text("known to the instructor alone")
    submitted = course / "submitted" / "linked" / ASSIGNMENT
    shutil.copytree(course / "notebooks" / ASSIGNMENT, submitted)
    (submitted / "notes.txt").symlink_to(secret)
    (submitted / "folder").symlink_to(tmp_path)
    (submitted / "feedback.html").write_text("<script>alert('a page of the student's')</script>")
    (submitted / "page.html").write_text("<script>alert('a page of the student's')</script>")
    (submitted / "04_predicting_text.ipynb").unlink()
    (submitted / "04_predicting_text.ipynb").symlink_to(course / "solutions" / ASSIGNMENT / "04_predicting_text.ipynb")
    run("nbgrader", "autograde", ASSIGNMENT, "--student", "linked", cwd=course)
    run("nbgrader", "generate_feedback", ASSIGNMENT, "--student", "linked", cwd=course)
    written = [path for kind in ("autograded", "feedback") for path in (course / kind / "linked").rglob("*")]
    assert not [path for path in written if path.is_symlink()]
    files = [path for path in written if path.is_file()]
    assert {path.name for path in files if path.suffix not in (".ipynb", ".html")} == set()
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert "known to the instructor alone" not in text
        assert "a page of the student's" not in text
    assert sum(scores(course, "linked").values()) == 0
    shutil.rmtree(submitted.parent)


@pytest.mark.parametrize("how", ["renamed", "zipped", "in a zip of a student's"])
def test_renamed_and_zipped_notebooks_are_found(graded, run, how):
    course, _ = graded
    solved = course / "submitted" / "solved" / ASSIGNMENT / "01_reviews_to_batches.ipynb"
    student = how.replace(" ", "-").replace("'", "")
    place = course / "submitted" / student
    if how == "renamed":
        place.mkdir()
        shutil.copy(solved, place / "01_reviews_to_batches (1).ipynb")
    else:
        inner = place / "work.zip" if how == "zipped" else course / "submitted" / f"{student}.zip"
        inner.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(inner, "w") as archive:
            archive.write(solved, f"session/{solved.name}")
    run("nbgrader", "autograde", ASSIGNMENT, "--student", student, cwd=course)
    assert scores(course, student)["check-row-dot"] == FULL_MARKS["check-row-dot"]
    names = {path.name for path in (course / "autograded" / student / ASSIGNMENT).glob("*.ipynb")}
    assert names == {path.name for path in (course / "notebooks" / ASSIGNMENT).glob("*.ipynb")}
    shutil.rmtree(place, ignore_errors=True)
    (course / "submitted" / f"{student}.zip").unlink(missing_ok=True)


def test_a_name_that_is_nobodys_is_said(graded, run):
    done = run("nbgrader", "autograde", ASSIGNMENT, "--student", "nobody", cwd=graded[0], check=False)
    assert done.returncode != 0
    assert "submitted holds nothing of a student called nobody." in done.stdout + done.stderr


@pytest.mark.long
def test_without_a_sandbox_autograde_refuses_and_says_why(graded, run, tmp_path):
    changed = graded[0] / "submitted" / "wrong" / ASSIGNMENT / "01_reviews_to_batches.ipynb"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")  # so that it is to be marked
    done = run(
        "nbgrader",
        "autograde",
        ASSIGNMENT,
        "--student",
        "wrong",
        "--force",
        cwd=graded[0],
        check=False,
        PATH=str(tmp_path),
    )
    assert done.returncode != 0
    assert "Students' code cannot be isolated here" in done.stdout + done.stderr
    assert "python -m grading submitted --student wrong" in done.stdout + done.stderr
    run("nbgrader", "autograde", ASSIGNMENT, "--student", "wrong", cwd=graded[0])


def test_export_writes_the_marks_beside_ours(graded, run):
    course, _ = graded
    before = (course / "grades.csv").read_bytes()
    run("nbgrader", "export", cwd=course)
    assert (course / "grades.csv").read_bytes() == before
    with (course / "gradebook.csv").open(newline="") as file:
        totals = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    expected = {"solved": POINTS + BY_HAND, "untouched": 0, "wrong": POINTS - worth("classic-mf")}
    assert {student: totals[student] for student in expected} == expected


def test_validate_accepts_the_solved_and_names_what_the_untouched_lacks(graded, run):
    course, _ = graded
    folder = course / "submitted"
    name = "01_reviews_to_batches.ipynb"
    assert "Success" in run("nbgrader", "validate", folder / "solved" / ASSIGNMENT / name, cwd=course).stdout
    untouched = run("nbgrader", "validate", folder / "untouched" / ASSIGNMENT / name, cwd=course).stdout
    assert "○ Exercise 1.1 is still to do" in untouched
    assert "\x1b" not in untouched  # in the terminal, nbgrader leaves colours out
