"""docs/clusters.md, followed: a scheduler and a worker that speak over TLS, and a class graded by them."""

import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from authoring.notebooks import ROOT
from grading import demo
from grading.__main__ import main
from grading.course import ASSIGNMENT, Course
from grading.publishing.grades_csv import read_grades
from grading.running import cluster
from tests.kit.totals import COUNT

pytestmark = [
    pytest.mark.proof,
    pytest.mark.usefixtures("isolation"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl, which makes the key, is not installed"),
]
CODE = re.compile(r"```sh\n(.*?)```", re.DOTALL)


@pytest.fixture
def page():
    """The page's commands for any machines, to make a key, to start a cluster and to grade: here, on this machine."""
    text = (ROOT / "docs" / "clusters.md").read_text(encoding="utf-8")
    commands = "\n---\n".join(CODE.findall(text.split("## Slurm")[0]))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    here = {"HOST": "127.0.0.1", "8786": port, "--nworkers 8": "--nworkers 1"}
    here[".venv/bin/"] = f"{Path(sys.executable).parent}/"
    for there, replacement in here.items():
        assert there in commands
        commands = commands.replace(there, replacement)
    return commands.split("\n---\n")


@pytest.fixture
def course(tmp_path):
    """A course of one student, who has not begun."""
    tmp_path.chmod(0o755)
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name / ASSIGNMENT, tmp_path / name / ASSIGNMENT)
    demo.in_a_folder(tmp_path / "submitted" / "ben", demo.untouched(Course(tmp_path)))
    return tmp_path


@contextmanager
def running(script, folder, environment):
    """Have a shell run a script meanwhile."""
    shell = subprocess.Popen(["sh", "-c", f"exec {script}"], cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield shell
    finally:
        shell.kill()  # a worker whose scheduler is gone does not end when it is asked to
        shell.wait(60)


@pytest.fixture
def environment(clean_environment):
    """An environment in which this project is found."""
    return clean_environment | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}


@pytest.fixture
def commands(page, course, environment):
    """The commands of a scheduler, of a worker and of grading; the key that they need is made."""
    key, start, grade = page
    tls = re.search(r'TLS="(.*)"', key)[1]
    subprocess.run(["sh", "-ec", key], cwd=course, env=environment, check=True, capture_output=True)
    return [line.replace("$TLS", tls) for line in start.strip().splitlines()] + [f"{grade.strip()} --course ."]


def content(course):
    """Return the names of all files in a course but what the grader keeps for itself."""
    return {path for path in course.rglob("*") if ".grading" not in path.parts}


@pytest.mark.long
def test_a_class_is_graded_by_a_scheduler_and_a_worker_over_tls(commands, course, environment):
    scheduler, worker, grade = commands
    with running(scheduler, course, environment), running(worker, course, environment):
        command = ["sh", "-ec", grade]
        done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Sandbox" not in done.stdout  # it is tried where students' code runs
    marks = read_grades(course / "grades.csv")
    assert [mark.verdict for mark in marks] == ["todo"] * COUNT


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1:9", "Timed out trying to connect to tcp://127.0.0.1:9 after 1 s."),
        ("somewhere", "missing port number in address 'somewhere'."),
    ],
)
def test_where_no_scheduler_is_a_sentence_says_so_and_nothing_has_changed(address, why, course, monkeypatch, capsys):
    monkeypatch.setitem(cluster.SETTINGS, "distributed.comm.timeouts.connect", "1s")
    monkeypatch.chdir(course)
    before = content(course)
    assert main(["submitted", "--course", ".", "--scheduler", address]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"No Dask scheduler can be reached at {address}: {why}\n")
    assert content(course) == before
    assert not (course / ".grading" / "audit.jsonl").exists()


def test_a_scheduler_that_goes_while_it_grades_is_told_of_in_a_sentence(commands, course, environment):
    scheduler, worker, grade = commands
    before = content(course)
    with running(scheduler, course, environment) as gone, running(worker, course, environment):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        grading = subprocess.Popen(["sh", "-ec", grade], cwd=course, env=environment, **pipes)
        assert "0/1" in grading.stderr.read(30)  # the progress bar, which comes when the scheduler has answered
        gone.kill()
        out, said = grading.communicate(timeout=120)
    assert (grading.returncode, out) == (2, "")
    assert said.splitlines()[-1] == cluster.GONE
    assert "Traceback" not in said
    assert content(course) == before
