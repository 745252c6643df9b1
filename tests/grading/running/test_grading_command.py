"""`python -m grading` as an instructor types it, in a course of its own: rows, exit codes, what is kept, Ctrl-C."""

import hashlib
import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys

import psutil
import pytest
from nbgrader.api import Gradebook

from authoring.notebooks import ROOT
from grading import demo
from grading.__main__ import main
from grading.course import ASSIGNMENT, Course
from grading.publishing.grades_csv import read_grades
from grading.running.results import Results
from tests.kit.interrupts import minding_ctrl_c
from tests.kit.totals import COUNT, POINTS, worth
from tests.kit.waiting import wait_for

pytestmark = pytest.mark.proof

CLASS = {  # whose points are those of the demo
    "ada": demo.solved,
    "ben": demo.untouched,
    "cleo": lambda course: demo.solved(course, demo.MEAN),
}
HALF = worth(*demo.half(Course()))
TOTALS = {"ada": POINTS, "ben": 0, "cleo": POINTS - worth(demo.MEAN[0])}


def hand_in(root, student, notebooks):
    """Put notebooks into a course's folder of submissions."""
    shutil.rmtree(root / "submitted" / student, ignore_errors=True)
    demo.in_a_folder(root / "submitted" / student, notebooks)


def totals(path):
    """Return the points of each student in a file of marks."""
    marks = read_grades(path)
    return {mark.student: sum(each.points for each in marks if each.student == mark.student) for mark in marks}


def marked_now(root):
    """Return how many submissions have ever been marked, rather than taken from before: lines of the audit."""
    return len((root / ".grading" / "audit.jsonl").read_text().splitlines())


@pytest.fixture(scope="module")
def grade(run):
    """Run `python -m grading` in a course."""

    def grade(root, *options, **more):
        return run("grading", "submitted", "--course", root, *options, cwd=root, **more)

    return grade


@pytest.fixture(scope="module")
def root(isolation, tmp_path_factory, grade):
    """A course whose class of three is graded."""
    root = tmp_path_factory.mktemp("course")
    root.chmod(0o755)
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    course = Course(root)
    for student, notebooks in CLASS.items():
        hand_in(root, student, notebooks(course))
    grade(root)
    return root


@pytest.fixture
def again(root, tmp_path):
    """A copy of that course, to go on with."""
    tmp_path.chmod(0o755)
    return shutil.copytree(root, tmp_path / "course")


def test_each_student_and_exercise_has_a_row(root):
    marks = read_grades(root / "grades.csv")
    assert len(marks) == len({(mark.student, mark.exercise) for mark in marks}) == 3 * COUNT
    assert totals(root / "grades.csv") == TOTALS


def test_gradebook_and_pages_say_the_same(root):
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        found = {student: gradebook.find_submission(ASSIGNMENT, student).score for student in TOTALS}
    assert found == TOTALS
    page = root / "feedback" / "cleo" / ASSIGNMENT / "feedback.html"
    assert "You took the mean over the latent dimension" in page.read_text(encoding="utf-8")


def test_a_second_run_marks_nothing_and_writes_the_same(again, grade):
    before = (again / "grades.csv").read_bytes()
    done = grade(again)
    assert done.returncode == 0
    assert marked_now(again) == 3
    assert (again / "grades.csv").read_bytes() == before


def test_a_changed_submission_is_marked_again_alone(again, grade):
    hand_in(again, "ben", demo.half_done(Course(again)))
    (again / "submitted" / "cleo" / ASSIGNMENT / "notes.txt").write_text("not a notebook")
    grade(again)
    assert marked_now(again) == 4
    assert totals(again / "grades.csv") == TOTALS | {"ben": HALF}


def test_limits_of_time_are_as_the_instructor_says(again, grade):
    hand_in(again, "ben", demo.solved(Course(again), demo.ENDLESS))
    grade(again, "--student", "ben", "--time", "0.5")
    [endless] = [mark for mark in read_grades(again / "grades.csv") if mark.verdict != "ok" and mark.student == "ben"]
    assert (endless.exercise, endless.verdict) == ("row-dot", "timeout")
    assert "30 seconds of the processor's time for a cell, 5 for a call of an answer" in endless.message


@pytest.mark.long
def test_a_changed_solution_is_marked_again(again, grade):
    path = again / "solutions" / ASSIGNMENT / "01_reviews_to_batches.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("(a * b).sum(dim=1)", "(b * a).sum(dim=1)"))
    grade(again, "--student", "ben")
    assert marked_now(again) == 4


@pytest.mark.long
def test_regrade_marks_again_and_keeps_what_a_person_gave(again, grade):
    with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
        for cell, notebook in [("which-model", "04_predicting_text"), ("check-classic-mf", "02_matrix_factorization")]:
            grade_of = gradebook.find_grade(cell, notebook, ASSIGNMENT, "cleo")
            grade_of.manual_score, grade_of.needs_manual_grade = 0.5, False
        gradebook.db.commit()
    grade(again, "--regrade", "--student", "cleo")
    assert marked_now(again) == 4
    with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "cleo").score == TOTALS["cleo"] + 1
    assert totals(again / "grades.csv") == TOTALS  # which holds what the grader says


@pytest.mark.long
def test_one_student_alone_leaves_the_others_rows(again, grade):
    hand_in(again, "dora", demo.untouched(Course(again)))
    grade(again, "--student", "dora")
    assert totals(again / "grades.csv") == TOTALS | {"dora": 0}
    done = grade(again, "--student", "nobody", check=False)
    said = f"{again / 'submitted'} holds nothing of a student called nobody.\n"
    assert (done.returncode, done.stderr) == (2, said)


@pytest.mark.long
@pytest.mark.parametrize("name", [".hidden", "back\\slash"])
def test_a_name_that_nbgrader_cannot_use_is_said_and_stops_nobody_else(name, again, grade):
    hand_in(again, name, demo.untouched(Course(again)))
    hand_in(again, "dora", demo.half_done(Course(again)))
    done = grade(again, check=False)
    assert done.returncode == 1
    assert f"The student's name {name!r} cannot be the name of a folder." in done.stdout
    assert totals(again / "grades.csv") == TOTALS | {name: 0, "dora": HALF}
    with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
        assert [student.id for student in gradebook.students] == ["ada", "ben", "cleo", "dora"]


@pytest.mark.long
def test_a_name_as_long_as_a_folders_may_be_is_graded_like_any_other(again, grade):
    hand_in(again, "d" * 255, demo.untouched(Course(again)))
    assert grade(again).returncode == 0
    assert len(read_grades(again / "grades.csv")) == 4 * COUNT


@pytest.mark.long
def test_without_a_sandbox_it_marks_with_trust_and_says_what_that_means(again, grade):
    hand_in(again, "dora", demo.half_done(Course(again)))
    done = grade(again, "--trust", "--student", "dora")
    assert "the students' code runs as you" in done.stdout
    assert totals(again / "grades.csv") == TOTALS | {"dora": HALF}


def test_a_folder_that_is_not_there_is_named_in_one_sentence(root, grade, run):
    done = run("grading", "elsewhere", "--course", root, cwd=root, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "elsewhere is not a folder with what students handed in.\n"


def test_a_dask_cluster_without_dask_is_refused_in_one_sentence_that_says_what_to_type(root, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.chdir(root)
    assert main(["submitted", "--course", str(root), "--scheduler", "tls://nowhere:8786"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "Type: pip install --editable '.[cluster]'" in said.err


def test_without_bubblewrap_it_refuses_in_one_sentence(root, grade, tmp_path):
    done = grade(root, "--regrade", check=False, PATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Students' code cannot be isolated here. bubblewrap is not installed" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.long
def test_a_gradebook_in_use_is_named_and_the_marks_are_there_all_the_same(again, grade):
    hand_in(again, "ben", demo.half_done(Course(again)))
    other = sqlite3.connect(again / "gradebook.db")
    other.execute("BEGIN IMMEDIATE")
    done = grade(again, check=False)
    assert done.returncode == 1
    assert done.stdout.count("is in use by another program") == 1
    assert totals(again / "grades.csv")["ben"] == HALF
    other.rollback()
    other.close()
    assert grade(again).returncode == 0
    with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ben").score == HALF


@pytest.mark.long
def test_a_student_on_whom_the_grader_fails_waits_for_a_person_in_the_gradebook_too(again, grade):
    places = [Results(Course(again)).path(student) for student in CLASS]
    for place in places:
        place.unlink()
        place.mkdir()  # a folder where a file should be
    done = grade(again, check=False)
    assert done.returncode == 1
    assert f"The grader itself failed at {len(CLASS) * COUNT} exercises: their points are left empty." in done.stdout
    assert {mark.verdict for mark in read_grades(again / "grades.csv")} == {"grader_error"}
    with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
        waits = gradebook.find_grade("check-row-dot", "01_reviews_to_batches", ASSIGNMENT, "ada")
        assert (waits.auto_score, waits.needs_manual_grade) == (None, True)
    for place in places:
        place.rmdir()
    assert grade(again).returncode == 0
    assert totals(again / "grades.csv") == TOTALS
    with Gradebook(f"sqlite:///{again}/gradebook.db") as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ada").score == POINTS


def test_the_audit_says_who_marked_what_under_which_limits(root):
    lines = [json.loads(line) for line in (root / ".grading" / "audit.jsonl").read_text().splitlines()]
    ada = next(line for line in lines if line["student"] == "ada")
    path = root / "submitted" / "ada" / ASSIGNMENT / "01_reviews_to_batches.ipynb"
    assert ada["files"]["01_reviews_to_batches"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert ada["limits"]["memory"] > 2**28
    assert ada["limits"]["seconds"]["call"] == 10
    assert "no network" in ada["self_tests"]
    assert set(ada["phases"]) == {"start", "cells", "examinations"}
    assert sum(ada["phases"].values()) <= sum(ada["seconds"].values())
    assert ada["verdicts"] == dict.fromkeys(Course(root).automatic, "ok")
    assert ada["peak_memory"] > 2**26


# Ctrl-C, and worse


@pytest.fixture
def anew(again):
    """The course with nothing marked, but the same key, from which random inputs are drawn."""
    for name in ("results", "notebooks", "published"):
        shutil.rmtree(again / ".grading" / name)
    (again / ".grading" / "audit.jsonl").unlink()
    (again / "grades.csv").unlink()
    (again / "gradebook.db").unlink()
    return again


@pytest.fixture
def begin(clean_environment):
    """Start the grader in a course; return its process once it has marked as many."""

    def begin(course, marked, *options):
        command = [sys.executable, "-m", "grading", "submitted", "--course", str(course), *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(
            command, cwd=course, env=clean_environment, start_new_session=True, preexec_fn=minding_ctrl_c, **pipes
        )
        audit = course / ".grading" / "audit.jsonl"
        wait_for(lambda: audit.exists() and marked_now(course) >= marked, 300)
        return process

    return begin


@pytest.mark.long
def test_an_interrupted_run_leaves_nothing_running_and_the_next_one_goes_on(root, anew, begin, grade):
    process = begin(anew, 1, "--jobs", "2")
    started = psutil.Process(process.pid).children(recursive=True)  # workers, forks, and their sandboxes
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert b"Traceback" not in said
    assert b"WARNING" not in said
    assert said.endswith(b"Stopped. What was marked is kept; the same command goes on where it was.\n")
    assert psutil.wait_procs(started, 20)[1] == []
    assert not (anew / "grades.csv").exists()
    grade(anew)
    assert marked_now(anew) <= 3 + 2  # what was done before the interruption is not done again
    assert (anew / "grades.csv").read_bytes() == (root / "grades.csv").read_bytes()


@pytest.mark.long
def test_a_run_that_is_killed_leaves_nothing_running_and_the_next_one_goes_on(root, anew, begin, grade):
    for marked in (0, 1):
        process = begin(anew, marked, "--jobs", "1")
        started = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate(timeout=60)
        assert psutil.wait_procs(started, 20)[1] == []
    grade(anew)
    students = [json.loads(line)["student"] for line in (anew / ".grading" / "audit.jsonl").read_text().splitlines()]
    assert len(students) <= 3 + 1  # one may have been marked, and the grader killed before it was written down
    assert (anew / "grades.csv").read_bytes() == (root / "grades.csv").read_bytes()


@pytest.mark.long
def test_a_worker_that_is_killed_is_told_of_and_costs_nobody_a_mark(root, anew, begin):
    process = begin(anew, 0, "--jobs", "1")
    (worker,) = wait_for(lambda: workers(process), 60)
    worker.kill()
    said, errors = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert errors.count(b"A worker has died. What it was marking is begun again on another.") == 1
    assert (anew / "grades.csv").read_bytes() == (root / "grades.csv").read_bytes()


@pytest.mark.long
@pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_named_and_what_was_marked_is_kept(root, anew, grade, clean_environment):
    command = [sys.executable, "-m", "grading", "submitted", "--course", ".", "--jobs", "1"]
    room = sum(path.stat().st_size for path in (root / ".grading").rglob("*") if path.is_file())
    kept = shutil.copytree(anew / ".grading", anew.parent / "kept")
    script = f"""
        mount -t tmpfs -o size={room - 40_000} tmpfs .grading && cp -r {kept}/. .grading/
        {shlex.join(command)}; code=$?
        cp -r .grading/. {kept}/; exit $code
    """
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script], cwd=anew, env=clean_environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode in (1, 2), done.stderr
    assert "No space left on device" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    before = len((kept / "audit.jsonl").read_text().splitlines())
    shutil.copytree(kept, anew / ".grading", dirs_exist_ok=True)
    assert grade(anew).returncode == 0
    assert marked_now(anew) < before + 3
    assert (anew / "grades.csv").read_bytes() == (root / "grades.csv").read_bytes()


def workers(process):
    """Return the workers of a grader."""
    return [child for child in psutil.Process(process.pid).children() if "grading.running.worker" in child.cmdline()]
