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
from grading.course import ASSIGNMENT, Course
from grading.publishing.grades_csv import read_grades
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
    yield
    shell.terminate()
    shell.wait(60)


@pytest.mark.long
def test_a_class_is_graded_by_a_scheduler_and_a_worker_over_tls(page, course, clean_environment):
    key, start, grade = page
    environment = clean_environment | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    tls = re.search(r'TLS="(.*)"', key)[1]
    subprocess.run(["sh", "-ec", key], cwd=course, check=True, capture_output=True)
    scheduler, worker = (line.replace("$TLS", tls) for line in start.strip().splitlines())
    with running(scheduler, course, environment), running(worker, course, environment):
        command = ["sh", "-ec", f"{grade.strip()} --course ."]
        done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Sandbox" not in done.stdout  # it is tried where students' code runs
    marks = read_grades(course / "grades.csv")
    assert [mark.verdict for mark in marks] == ["todo"] * COUNT
