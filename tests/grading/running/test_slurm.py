"""docs/clusters.md, followed on Slurm: its own daemons, and marks that are those of one machine, whatever happens."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest

from authoring.notebooks import ROOT
from grading import demo
from grading.course import ASSIGNMENT, Course
from grading.running.worker import DEATH
from tests.kit import slurm
from tests.kit.waiting import wait_for

pytestmark = [
    pytest.mark.proof,
    pytest.mark.usefixtures("isolation"),
    pytest.mark.skipif(None in slurm.PROGRAMS, reason="Slurm and munge are not installed: `make slurm`"),
]
TEXT = (ROOT / "docs" / "clusters.md").read_text(encoding="utf-8").split("## Slurm")[1]
RECIPE, COMMAND, JOB = re.findall(r"```(?:python|sh)\n(.*?)```", TEXT, re.DOTALL)
PLACEHOLDERS = {".venv/bin/python", "tls://HOST:PORT", "..."}
JOB_AS_PRINTED = ".*".join(re.escape(word) for word in JOB.split() if word not in PLACEHOLDERS)
KINDS = (demo.solved, demo.untouched, lambda course: demo.solved(course, demo.CRASHING))


@pytest.fixture(scope="module")
def one(clean_environment):
    """A Slurm, in whose environment this project is found."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with slurm.started(clean_environment | {"PYTHONPATH": path}) as one:
        yield one


def make_course(root, students):
    """Make a course with a class: most handed in the first notebook alone, every tenth student all."""
    root.mkdir(mode=0o755)
    for name in ("solutions", "notebooks"):
        shutil.copytree(ROOT / name / ASSIGNMENT, root / name / ASSIGNMENT)
    for number in range(students):
        notebooks = list(KINDS[number % len(KINDS)](Course(root)).items())
        demo.in_a_folder(
            root / "submitted" / f"student-{number:02}", dict(notebooks[: None if number % 10 == 9 else 1])
        )
    return root


def with_its_key(course, root):
    """Make a course with the same class and the same random inputs, of which nothing is marked."""
    for name in ("solutions", "notebooks", "submitted"):
        shutil.copytree(course / name, root / name)
    (root / ".grading").mkdir()
    shutil.copy(course / ".grading" / "key", root / ".grading")
    return root


@contextmanager
def grading(one, course):
    """Follow the page in a course; yield the process, which prints to the course's `said`."""
    shared = course / "shared"
    shared.mkdir()
    options = '["submitted", "--course", "."]'
    recipe, here = RECIPE, {"ib0": "lo", "/shared/you/grading": str(shared), '["submitted"]': options}
    for there, replacement in here.items():
        assert there in recipe
        recipe = recipe.replace(there, replacement)
    (course / "slurm.py").write_text(recipe)
    command = COMMAND.replace(".venv/bin/python", sys.executable)
    with (course / "said").open("w") as said:
        process = subprocess.Popen(["sh", "-c", command], cwd=course, env=one.environment, stdout=said, stderr=said)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def said(course):
    return (course / "said").read_text(encoding="utf-8")


def audit(course):
    """Return what the audit says, a line for each marking."""
    path = course / ".grading" / "audit.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def in_jobs(one):
    """Return the processes that mark, by the number of the job in which they run."""
    return {job: process for process, job in one.processes("grading.running.worker").items()}


def test_a_class_is_graded_in_jobs_as_on_one_machine(one, tmp_path, run):
    tmp_path.chmod(0o755)
    alone = make_course(tmp_path / "alone", 3)
    run("grading", "submitted", "--course", ".", cwd=alone)
    course = with_its_key(alone, tmp_path / "cluster")
    with grading(one, course) as process:
        assert process.wait() == 0, said(course)
    assert (course / "grades.csv").read_bytes() == (alone / "grades.csv").read_bytes()
    assert len(audit(course)) == 3
    assert all(line["sandbox"] and "no network" in line["self_tests"] for line in audit(course))
    assert re.search(JOB_AS_PRINTED, said(course), re.DOTALL)
    assert list((course / "shared").glob(".dask-jobqueue*")) == []  # the keys
    wait_for(lambda: not one.jobs("pending,running,completing"), 60)


@pytest.mark.long
def test_neither_a_killed_worker_nor_a_job_at_its_time_limit_changes_a_mark_of_a_class_of_50(one, tmp_path, run):
    tmp_path.chmod(0o755)
    alone = make_course(tmp_path / "alone", 50)
    run("grading", "submitted", "--course", ".", cwd=alone)
    course = with_its_key(alone, tmp_path / "cluster")
    with grading(one, course) as process:
        limited, other = wait_for(lambda: (jobs := in_jobs(one)) and len(jobs) == 2 and sorted(jobs), 900)
        one.says("scontrol", "update", f"JobId={limited}", "TimeLimit=1")
        wait_for(lambda: limited in one.jobs("timeout"), 300)
        in_jobs(one)[other].parent().kill()  # the Dask worker
        assert len(audit(course)) < 50  # or nobody was working any more
        assert process.wait() == 0, said(course)
    assert said(course).count(DEATH.format("A Dask worker")) >= 2
    assert (course / "grades.csv").read_bytes() == (alone / "grades.csv").read_bytes()
    assert sorted(line["student"] for line in audit(course)) == [f"student-{number:02}" for number in range(50)]


def test_where_slurm_does_not_answer_nothing_is_started_and_a_sentence_says_so(one, tmp_path):
    away = slurm.Slurm(tmp_path, one.environment)
    configuration = (one.folder / "slurm.conf").read_text()
    (tmp_path / "slurm.conf").write_text(re.sub("SlurmctldPort=.*", "SlurmctldPort=9", configuration))
    with grading(away, tmp_path) as process:
        assert process.wait() == 1
    assert said(tmp_path) == "slurm_load_partitions: Unable to contact slurm controller (connect failure)\n"
    assert {path.name for path in tmp_path.iterdir()} == {"said", "shared", "slurm.conf", "slurm.py"}
