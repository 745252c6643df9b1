"""Verdicts in nbgrader's gradebook: what formgrader and export then show, and what a person's marks become."""

import copy
import csv
import json
import shutil
import sqlite3
import subprocess

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade

from authoring.notebooks import ROOT
from grading.course import ASSIGNMENT, Course
from grading.publishing import database
from grading.publishing import gradebook as module
from grading.publishing.gradebook import GradebookError, by_hand, record, recorded
from grading.students import Known
from grading.verdicts import VERDICTS, Verdict, mark
from tests.kit import hostile
from tests.kit.formgrader import formgrader
from tests.kit.totals import COUNT, MOST, POINTS, REGISTRY, worth

WRONG = Verdict("wrong", "✗ Exercise 2.1: right shape, but 4 of 4 values differ.\n  Is a <b>term</b> missing?")
TO_DO = Verdict("todo", "○ Exercise 4.6 is still to do: replace the `...` in `joint_step`.")
FAILED = Verdict("grader_error", "The reference answer could not be computed.")
ANSWER = "I would deploy the **KorenMF**: it needs no text, and $a<b$."


def marks_of(course, student, **verdicts):
    """Return the marks of a student whose answers are right, but for the exercises named (joint_step=TO_DO)."""
    return [
        mark(student, exercise, verdicts.get(id.replace("-", "_"), Verdict("ok", f"✓ {exercise.points} points.")))
        for id, exercise in course.automatic.items()
    ]


def handed_in(course, answer=ANSWER):
    """Return the notebooks of a student who knows the solutions, as they are rebuilt for nbgrader."""
    notebooks = copy.deepcopy(course.released)
    for name, notebook in notebooks.items():
        solved = {cell.id: cell for cell in course.solutions[name].cells}
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = solved[cell.id].source if cell.cell_type == "code" else answer
            if cell.cell_type == "code" and cell.id in solved:
                cell.outputs = copy.deepcopy(solved[cell.id].outputs)
    return notebooks


def with_release(folder):
    """Return the Course in `folder`, which gets the student notebooks."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", dirs_exist_ok=True)
    return Course(folder)


@pytest.fixture(scope="module")
def released(course, new_gradebook):
    shutil.copy(new_gradebook, course)
    return with_release(course)


IN_3 = [id for id, exercise in REGISTRY.automatic.items() if exercise.notebook == "03_ratings_from_text"]
IN_2 = worth(*(id for id, exercise in REGISTRY.automatic.items() if exercise.notebook == "02_matrix_factorization"))
SCORES = {"ada": POINTS - worth("classic-mf", "joint-step", "koren-fit"), "ben": POINTS - worth(*IN_3)}


@pytest.fixture(scope="module")
def graded(course, released):
    """Ada has one exercise wrong, one to do, one that the grader failed at; Ben left the third notebook out."""
    verdicts = {"classic_mf": WRONG, "joint_step": TO_DO, "koren_fit": FAILED}
    record(course, released, "ada", handed_in(released), marks_of(released, "ada", **verdicts))
    notebooks = handed_in(released, answer=released.exercises["which-model"].stub)
    del notebooks["03_ratings_from_text"]
    missing = {
        id.replace("-", "_"): Verdict("missing", "○ Notebook 3 was not handed in.")
        for id, exercise in released.automatic.items()
        if exercise.notebook == "03_ratings_from_text"
    }
    record(course, released, "ben", notebooks, marks_of(released, "ben", **missing))
    return course


@pytest.fixture(scope="module")
def first(tmp_path_factory, released, new_gradebook):
    """A folder in which Ada is recorded, with one exercise wrong."""
    folder = tmp_path_factory.mktemp("first")
    shutil.copy(new_gradebook, folder)
    record(folder, released, "ada", handed_in(released), marks_of(released, "ada", classic_mf=WRONG))
    return folder


@pytest.fixture
def again(first, tmp_path):
    """A copy of that folder, to go on with."""
    return shutil.copytree(first, tmp_path / "again")


def grades_of(folder, student):
    """Return {cell: (automatic points, points by hand, waits for a person)}."""
    with database.opened(database.address(folder)) as gradebook:
        notebooks = gradebook.find_submission(ASSIGNMENT, student).notebooks
        grades = [grade for notebook in notebooks for grade in notebook.grades]
        return {grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade) for grade in grades}


def by_a_person(folder, student, cell, points, comment=""):
    """Do what a marker does in formgrader: give points, and write a comment under the answer."""
    with database.opened(database.address(folder)) as gradebook:
        for notebook in gradebook.find_submission(ASSIGNMENT, student).notebooks:
            for grade in (grade for grade in notebook.grades if grade.name == cell):
                grade.manual_score, grade.needs_manual_grade = points, False
            for comment_ in (each for each in notebook.comments if each.name == cell.removeprefix("check-")):
                comment_.manual_comment = comment or None
        gradebook.db.commit()


def test_points_reach_the_gradebook(graded):
    ada = grades_of(graded, "ada")
    assert ada["check-row-dot"] == (1, None, False)
    assert ada["check-classic-mf"] == (0, None, False)
    assert ada["check-joint-step"] == (0, None, False)
    assert len(ada) == COUNT + 1  # with the open question


def test_what_the_grader_failed_at_waits_for_a_person(graded):
    assert grades_of(graded, "ada")["check-koren-fit"] == (None, None, True)


def test_the_open_question_waits_unless_it_was_left_as_it_is(graded):
    assert grades_of(graded, "ada")["which-model"] == (None, None, True)
    assert grades_of(graded, "ben")["which-model"] == (0, None, False)


def test_a_notebook_that_was_not_handed_in_scores_0_and_says_so(graded):
    ben = grades_of(graded, "ben")
    assert [ben[f"check-{id}"][0] for id in ("tuple-batch-text", "rating-pred", "profile-step")] == [0, 0, 0]
    notebook = read(graded, "ben", "03_ratings_from_text")
    assert "not handed in" in notebook.cells[0].source
    assert "○ Notebook 3 was not handed in." in check_output(notebook, "rating-pred").traceback


def read(folder, student, name):
    return nbformat.read(folder / "autograded" / student / ASSIGNMENT / f"{name}.ipynb", as_version=4)


def check_output(notebook, id):
    (output,) = next(cell for cell in notebook.cells if cell.id == f"check-{id}").outputs
    return output


@pytest.mark.proof
def test_a_notebook_that_cannot_be_read_leaves_the_open_question_to_a_person(again, released):
    notebooks = handed_in(released)
    del notebooks["04_predicting_text"]
    broken = Verdict("unreadable", "04_predicting_text.ipynb is no notebook: the file ends in the middle.")
    verdicts = {
        id.replace("-", "_"): broken
        for id, exercise in released.automatic.items()
        if exercise.notebook == "04_predicting_text"
    }
    record(again, released, "eve", notebooks, marks_of(released, "eve", **verdicts))
    assert grades_of(again, "eve")["which-model"] == (None, None, True)
    assert "the file ends in the middle" in read(again, "eve", "04_predicting_text").cells[0].source


def test_nbgrader_itself_reads_the_same_points_from_the_notebooks(graded, released):
    for name in released.released:
        for cell in read(graded, "ada", name).cells:
            if "marking" in cell.metadata and cell.metadata.marking.verdict != "grader_error":
                assert determine_grade(cell)[0] == cell.metadata.marking.points


@pytest.mark.parametrize("verdict", VERDICTS)
def test_each_verdict_is_one_output_that_shows_its_message(verdict, released):
    [output] = module.outputs(mark("ada", released.exercises["koren-mf"], Verdict(verdict, "First line\n  second")))
    shown = output.text if output.output_type == "stream" else "\n".join(output.traceback)
    assert shown.strip().endswith("First line\n  second")
    assert (output.output_type == "stream") == (verdict in ("ok", "grader_error"))


def test_a_part_that_is_right_has_its_points_where_nbgrader_looks_for_them(again, released):
    exercise = released.exercises["koren-mf"]
    exercise = exercise._replace(check=f"{exercise.check}  # points: constructor 1.5, forward 0.5")
    partly = mark("ada", exercise, Verdict("wrong", "✗ Exercise 2.3: values differ.", ("constructor",)))
    marks = [partly if one.exercise == "koren-mf" else one for one in marks_of(released, "ada")]
    record(again, released, "ada", handed_in(released), marks)
    assert grades_of(again, "ada")["check-koren-mf"] == (1.5, None, False)
    notebook = nbformat.read(again / "autograded" / "ada" / ASSIGNMENT / "02_matrix_factorization.ipynb", as_version=4)
    [cell] = [cell for cell in notebook.cells if cell.id == "check-koren-mf"]
    assert cell.outputs[0].text.splitlines()[-1] == "  Earned: 1.5 of 2 points, for the constructor."


@pytest.mark.proof
def test_export_writes_the_same_points(graded, run):
    run("nbgrader", "export", cwd=graded)
    with (graded / "gradebook.csv").open(newline="") as file:
        rows = {row["student_id"]: (row["score"], row["max_score"]) for row in csv.DictReader(file)}
    assert rows == {name: (f"{score:.1f}", f"{MOST:.1f}") for name, score in SCORES.items()}


@pytest.mark.proof
@pytest.mark.long
def test_it_is_the_gradebook_that_nbgrader_would_have_made(course, released, tmp_path, run):
    """`nbgrader generate_assignment` and `record` know the same cells; the latter works after the former."""
    plain = tmp_path / "plain"
    plain.mkdir()
    shutil.copy(course / "nbgrader_config.py", plain)
    shutil.copytree(course / "solutions", plain / "solutions")
    run("nbgrader", "generate_assignment", ASSIGNMENT, cwd=plain)
    ours = tmp_path / "ours"
    ours.mkdir()
    same = Course(plain)
    record(ours, same, "ada", handed_in(same), marks_of(same, "ada"))
    assert cells_of(ours) == cells_of(plain)
    record(plain, same, "ada", handed_in(same), marks_of(same, "ada"))
    assert grades_of(plain, "ada") == grades_of(ours, "ada")


def cells_of(folder):
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        notebooks = gradebook.find_assignment(ASSIGNMENT).notebooks
        points = {cell.name: cell.max_score for notebook in notebooks for cell in notebook.grade_cells}
        sources = {cell.name: (cell.source, cell.checksum) for notebook in notebooks for cell in notebook.source_cells}
        return points, sources


def test_grading_again_keeps_what_a_person_gave(again, released):
    by_a_person(again, "ada", "which-model", 1.5, "Well argued.")
    by_a_person(again, "ada", "check-classic-mf", 0.5, "The idea is right.")
    record(again, released, "ada", handed_in(released), marks_of(released, "ada", classic_mf=WRONG))
    grades = grades_of(again, "ada")
    assert grades["which-model"] == (None, 1.5, False)
    assert grades["check-classic-mf"] == (0, 0.5, False)
    said = by_hand(again, released, "ada")
    assert said == {
        "which-model": (1.5, "Well argued.", False, True),
        "classic-mf": (0.5, "The idea is right.", False, True),
    }


def test_a_changed_answer_or_verdict_asks_the_person_to_look_again(again, released):
    by_a_person(again, "ada", "which-model", 1)
    by_a_person(again, "ada", "check-classic-mf", 0.5)
    record(again, released, "ada", handed_in(released, "Another answer."), marks_of(released, "ada"))
    grades = grades_of(again, "ada")
    assert grades["which-model"] == (None, 1, True)
    assert grades["check-classic-mf"] == (1, 0.5, True)


def test_a_name_and_extra_points_that_nbgrader_knows_stay(again, released):
    with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
        gradebook.update_or_create_student("ada", first_name="Ada", last_name="Lovelace")
        grade = gradebook.find_grade("check-row-dot", "01_reviews_to_batches", ASSIGNMENT, "ada")
        grade.extra_credit = 0.25
        gradebook.db.commit()
    record(again, released, "ada", handed_in(released), marks_of(released, "ada"))
    with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
        assert gradebook.find_student("ada").last_name == "Lovelace"
        assert gradebook.find_submission(ASSIGNMENT, "ada").score == POINTS + 0.25


def test_what_was_recorded_can_be_read_again(graded, released):
    notebooks, marks = recorded(graded, released, "ben")
    assert list(notebooks) == [name for name in released.solutions if name != "03_ratings_from_text"]
    lost = [one for one in released.automatic.values() if one.notebook == "03_ratings_from_text"]
    assert [row.verdict for row in marks].count("missing") == len(lost)
    assert recorded(graded, released, "nobody") == ({}, [])


def test_a_failure_halfway_leaves_no_trace_in_the_gradebook(again, released, monkeypatch):
    before = grades_of(again, "ada")

    def full_disk(path, *_, **__):
        raise OSError(f"No space left on device: {path}")

    monkeypatch.setattr(module, "replacing", full_disk)
    with pytest.raises(OSError, match="No space left"):
        record(again, released, "ada", handed_in(released), marks_of(released, "ada"))
    with pytest.raises(OSError, match="No space left"):
        record(again, released, "ben", handed_in(released), marks_of(released, "ben"))
    assert grades_of(again, "ada") == before
    with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
        assert [student.id for student in gradebook.students] == ["ada"]


def test_a_gradebook_in_use_is_named_after_some_patience(again, released, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    other = sqlite3.connect(again / "gradebook.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(GradebookError, match=r"gradebook\.db is in use by another program"):
        record(again, released, "ada", handed_in(released), marks_of(released, "ada"))
    other.rollback()
    other.close()
    record(again, released, "ada", handed_in(released), marks_of(released, "ada"))


def test_a_file_that_is_no_gradebook_is_named(tmp_path, released):
    (tmp_path / "gradebook.db").write_text("student,points\nada,3\n" * 100)
    with pytest.raises(GradebookError, match=r"gradebook\.db cannot be used"):
        record(tmp_path, released, "ada", handed_in(released), marks_of(released, "ada"))


def test_points_changed_in_the_release_reach_the_gradebook_and_new_exercises_need_a_new_one(again, released):
    other = Course(released.root)
    cell = next(cell for cell in other.released["01_reviews_to_batches"].cells if cell.id == "check-row-dot")
    cell.metadata.nbgrader.points = 3
    record(again, other, "ada", handed_in(other), marks_of(other, "ada"))
    assert grades_of(again, "ada")["check-row-dot"][0] == 3
    cell.metadata.nbgrader.grade_id = "check-another"
    with pytest.raises(GradebookError, match="another version of 01_reviews_to_batches"):
        record(again, other, "ada", handed_in(other), marks_of(released, "ada"))


@pytest.mark.parametrize("text", ["2026-05-04 12:30:00 UTC", "2026-05-04 12:30:00"])
def test_the_time_of_handing_in_is_kept(text, again, released):
    folder = again / "submitted" / "ada" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text(text + "\n")
    record(again, released, "ada", handed_in(released), marks_of(released, "ada"))
    with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
        assert str(gradebook.find_submission(ASSIGNMENT, "ada").timestamp) == "2026-05-04 12:30:00"


@pytest.mark.parametrize("text", ["", "yesterday", "9" * 400, "\x00\xff"])
def test_a_time_that_is_none_is_left_out(text, tmp_path):
    (tmp_path / "timestamp.txt").write_bytes(text.encode("latin-1"))
    assert module.timestamp(tmp_path) == {}


@pytest.mark.parametrize("student", ["", "..", "a/b", ".hidden"])
def test_a_student_cannot_be_called_like_another_folder(student, tmp_path, released):
    with pytest.raises(ValueError, match="name of a folder"):
        record(tmp_path, released, student, {}, marks_of(released, student))


def test_every_exercise_must_have_its_mark(tmp_path, released):
    with pytest.raises(ValueError, match=f"ada has no mark for {list(released.automatic)[-1]}"):
        record(tmp_path, released, "ada", {}, marks_of(released, "ada")[:-1])


# Formgrader, in a real server


@pytest.fixture(scope="module")
def ask(graded, clean_environment):
    """What asks a running formgrader."""
    with formgrader(graded, clean_environment) as ask:
        yield ask


@pytest.mark.proof
def test_formgrader_lists_the_points(ask):
    row = ask.submission("ada", "02_matrix_factorization")
    assert (row["score"], row["max_score"], row["needs_manual_grade"], row["failed_tests"]) == (
        IN_2 - worth("classic-mf", "koren-fit"),
        IN_2,
        True,
        True,
    )
    rows = json.loads(ask(f"api/submissions/{ASSIGNMENT}"))
    scores = {row["student"]: (row["score"], row["max_score"]) for row in rows if row["student"]}
    assert scores == {name: (score, MOST) for name, score in SCORES.items()}


@pytest.mark.proof
def test_formgrader_shows_answer_and_message(ask):
    page = ask(f"submissions/{ask.submission('ada', '02_matrix_factorization')['id']}/")
    assert "✗ Exercise 2.1: right shape, but 4 of 4 values differ." in page
    assert "Is a &lt;b&gt;term&lt;/b&gt; missing?" in page
    assert "The fault is ours" in page
    assert "✓ 2 points." in page


def hostile_page(ask, folder, course):
    """Return the address of formgrader's page of a notebook that would run scripts."""
    notebooks = handed_in(course, answer=f"<script>{hostile.RUN}</script>")
    hostile.with_hostile_cells(notebooks["04_predicting_text"])
    wrong = Verdict("wrong", f"<script>{hostile.RUN}</script>")
    record(folder, course, "mallory", notebooks, marks_of(course, "mallory", text_item=wrong))
    return f"submissions/{ask.submission('mallory', '04_predicting_text')['id']}/"


@pytest.mark.proof
def test_no_script_of_a_student_is_on_formgraders_page(ask, graded, released):
    page = ask(hostile_page(ask, graded, released))
    honest = ask(f"submissions/{ask.submission('ada', '04_predicting_text')['id']}/")
    assert page.count("<script") == honest.count("<script")
    assert [found for found in hostile.live(page) if "hostile" in str(found)] == []


@pytest.mark.proof
@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium here")
def test_no_script_of_a_student_runs_in_formgrader(ask, graded, released):
    url = f"{ask.address}/formgrader/{hostile_page(ask, graded, released)}?token=t"
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"]
    done = subprocess.run([*command, url], capture_output=True, text=True, timeout=120, check=True)
    assert "nbgrader_cell" in done.stdout
    assert "data-hostile=" not in done.stdout


@pytest.mark.proof
def test_formgrader_sees_what_is_graded_while_it_runs(ask, graded, released):
    record(graded, released, "cleo", handed_in(released), marks_of(released, "cleo", classic_mf=WRONG))
    assert ask.submission("cleo", "02_matrix_factorization")["score"] == IN_2 - worth("classic-mf")
    record(graded, released, "cleo", handed_in(released), marks_of(released, "cleo"))
    assert ask.submission("cleo", "02_matrix_factorization")["score"] == IN_2


RULE = """
from nbgrader.plugins import LateSubmissionPlugin

class HalfAPoint(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 0.5

c = get_config()
c.AssignLatePenalties.plugin_class = HalfAPoint
"""


@pytest.mark.parametrize(("day", "per_notebook"), [("2026-05-03", None), ("2026-05-05", 0.5)], ids=["in time", "late"])
def test_points_are_taken_off_for_lateness_as_nbgrader_is_told(released, again, day, per_notebook):
    (again / "nbgrader_config.py").write_text(RULE)
    with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-05-04 12:00:00 UTC")
    submitted = again / "submitted" / "ada" / ASSIGNMENT
    submitted.mkdir(parents=True)
    (submitted / "timestamp.txt").write_text(f"{day} 12:00:00 UTC\n")
    for _ in range(2):  # it is taken off once, however often it is recorded
        record(again, released, "ada", handed_in(released), marks_of(released, "ada"))
        with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
            notebooks = gradebook.find_submission(ASSIGNMENT, "ada").notebooks
            assert [notebook.late_submission_penalty for notebook in notebooks] == [per_notebook] * len(notebooks)


def test_an_open_question_that_was_not_handed_in_is_marked_by_nobody(released, again):
    """nbgrader gives it 0 points; the page does not say that a person did."""
    notebooks = handed_in(released)
    del notebooks["04_predicting_text"]
    record(again, released, "eve", notebooks, marks_of(released, "eve"))
    assert by_hand(again, released, "eve")["which-model"].marked is False
    by_a_person(again, "eve", "which-model", 0)
    assert by_hand(again, released, "eve")["which-model"].marked is True


# who it is


def people_of(folder):
    """Return {student: (first name, last name, e-mail address)} of the gradebook."""
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        return {student.id: (student.first_name, student.last_name, student.email) for student in gradebook.students}


def known(student, name, email="", platform="moodle"):
    return Known(student, platform, "12", name, email, "", "", "", "0", "")


def test_students_have_the_names_that_they_were_collected_by(again, released):
    def recorded_as(student, person):
        record(again, released, student, handed_in(released), marks_of(released, student), person=person)
        return people_of(again)[student]

    assert people_of(again) == {"ada": ("", "ada", None)}  # nobody was collected: the folder's name
    assert recorded_as("ada", known("ada", "Lovelace, Ada", "ada@x.org")) == ("Ada", "Lovelace", "ada@x.org")
    assert recorded_as("ada", known("ada", "Ada King")) == ("Ada", "King", "ada@x.org")
    assert recorded_as("ada", None) == ("Ada", "King", "ada@x.org")
    assert recorded_as("ada", known("ada", "ada", platform="folder")) == ("Ada", "King", "ada@x.org")
    assert recorded_as("Ben O'Kri", None) == ("Ben", "O'Kri", None)
