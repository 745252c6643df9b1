"""`python -m grading --watch` as an instructor types it: hand-ins arrive, one is endless; `kill -9`; a deadline."""

import json
import re
import shutil
import signal
import subprocess
import sys
from datetime import datetime

import psutil
import pytest

from grading import demo
from grading.course import ASSIGNMENT, Course
from grading.publishing.grades_csv import read_grades
from tests.grading.running.test_grading_command import totals, wait_for
from tests.kit.interrupts import minding_ctrl_c
from tests.kit.totals import worth

pytestmark = pytest.mark.proof

FIRST = [exercise.id for exercise in Course().automatic.values() if exercise.notebook.startswith("01")]
TIME = re.compile(r"\d\d:\d\d:\d\d")
PAGE = demo.ROOT / "docs" / "instructors.md"
SLOW = 600  # seconds, on a machine that does much else


@pytest.fixture
def root(isolation, tmp_path):
    """A course that nobody has handed in to."""
    tmp_path.chmod(0o755)
    for name in ("solutions", "notebooks"):
        shutil.copytree(demo.ROOT / name, tmp_path / name)
    (tmp_path / "submitted").mkdir()
    return tmp_path


@pytest.fixture
def watch(root, clean_environment):
    """Start `python -m grading submitted --watch`; what is left at the end is ended."""
    started = []

    def watch(*options):
        command = [sys.executable, "-m", "grading", "submitted", "--course", root, "--watch", *options]
        with (root / "said.txt").open("a") as said:
            process = subprocess.Popen(
                list(map(str, command)), cwd=root, env=clean_environment, stdout=said, stderr=said,
                start_new_session=True, preexec_fn=minding_ctrl_c,
            )  # fmt: skip
        started.append(process)
        return process

    yield watch
    for process in started:
        process.kill()
        process.wait()


def first_notebook(notebooks):
    """Return notebook 1 of a hand-in, which is soon marked."""
    return {name: notebook for name, notebook in notebooks.items() if name.startswith("01")}


def times_marked(root):
    """Return how often each student was marked, by the audit."""
    audit = root / ".grading" / "audit.jsonl"
    students = [json.loads(line)["student"] for line in audit.read_text().splitlines()] if audit.exists() else []
    return {student: students.count(student) for student in sorted(students)}


def said(root):
    """Return what the command has printed."""
    return (root / "said.txt").read_text(encoding="utf-8")


def is_there(root, process, *students):
    """Wait until there are pages of students."""

    def pages():
        assert process.poll() is None, said(root)
        return all((root / "feedback" / name / ASSIGNMENT / "feedback.html").exists() for name in students)

    wait_for(pages, SLOW)


def test_what_arrives_is_marked_once_also_after_a_kill_and_nothing_late_replaces_it(root, watch, run):
    course, folder = Course(root), root / "submitted"
    process = watch("--jobs", "2")
    wait_for(lambda: "Watching" in said(root), SLOW)  # a folder that is still empty
    demo.in_a_folder(folder / "ada", first_notebook(demo.solved(course)))
    demo.in_a_folder(folder / "mallory", first_notebook(demo.solved(course, demo.ENDLESS)))
    is_there(root, process, "ada")
    demo.as_a_zip(folder / "ben", first_notebook(demo.half_done(course)))
    wait_for(lambda: len(list((root / ".grading" / "taken").glob("*"))) == 3, SLOW)
    started = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    assert psutil.wait_procs(started, 60)[1] == []

    process = watch("--until", datetime.now().astimezone().isoformat())
    shutil.rmtree(folder / "ada")
    demo.in_a_folder(folder / "ada", demo.untouched(course))
    demo.in_a_folder(folder / "dora", first_notebook(demo.solved(course)))
    is_there(root, process, "ada", "ben", "mallory")
    wait_for(lambda: said(root).count("late, at") == 2, SLOW)
    process.send_signal(signal.SIGINT)
    assert process.wait(SLOW) == 130
    assert "Traceback" not in said(root)
    assert said(root).endswith("Stopped. What was marked is kept; the same command goes on where it was.\n")
    late = sorted(TIME.sub("#", line) for line in said(root).splitlines() if "late, at" in line)
    shown = re.search(r"^.*  Ben Cho .*late, at.*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert late == [
        TIME.sub("#", shown[0]).replace("Ben Cho", "ada    "),
        f"#  {'dora':<24} late, at #: nothing came before",
    ]

    assert times_marked(root) == {"ada": 1, "ben": 1, "mallory": 1}
    right = {"ada": worth(*FIRST), "ben": worth(*FIRST), "mallory": worth(*FIRST) - worth("row-dot")}
    assert totals(root / "grades.csv") == right
    verdicts = {mark.exercise: mark.verdict for mark in read_grades(root / "grades.csv") if mark.student == "mallory"}
    assert verdicts["row-dot"] == "timeout"
    assert (root / "grades.html").exists()

    done = run("grading", "submitted", "--course", root, "--student", "ben", cwd=root)
    assert "Nothing to mark: 1 students, marked before." in done.stdout  # a run marks in the same way


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--watch", "--student", "ada"], "leave out --student and --regrade"),
        (["--watch", "--hourly", "0"], "once an hour or more"),
        (["--until", "2026-11-24T23:59"], "--until is for --watch"),
    ],
)
def test_what_cannot_be_watched_is_refused_in_a_sentence(options, why, root, run):
    done = run("grading", "submitted", "--course", root, *options, cwd=root, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert why in done.stderr
