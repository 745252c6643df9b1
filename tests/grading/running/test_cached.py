"""What a cached result's key holds: all that marks follow from, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from authoring.notebooks import ROOT
from grading.course import Course
from grading.handed_in.submissions import find_submissions
from grading.running import results
from grading.running.results import Conditions, Results, marking_modules
from grading.verdicts import Marked, Part

COURSE = Course()
ONE = next(iter(COURSE.released))
NO_PART = (
    "grading/running",
    "grading/publishing",
    "grading/export",
    "grading/collect",
    "grading/demo.py",
    "tests",
    "tools",
)
LOADED = """
import json, sys
import grading.examining.examiners, grading.examining.marking, grading.remote.inside.notebook, grading.sandbox.self_test
files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
print(json.dumps(sorted(file for file in files if file)))
"""


@pytest.fixture
def course(tmp_path):
    """A course of its own, with nothing but what a key needs."""
    for folder in ("solutions", "notebooks"):
        (tmp_path / folder).symlink_to(COURSE.root / folder)
    return Course(tmp_path)


@pytest.mark.proof
def test_every_module_that_marking_loads_is_in_the_key():
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {Path(path) for path in json.loads(done.stdout.splitlines()[-1])}
    ours = {
        path
        for path in loaded
        if path.is_relative_to(ROOT) and ".venv" not in path.parts and path.name != "__init__.py"
    }
    assert len(ours) > 30
    assert ours - set(marking_modules()) == set()


def test_no_module_that_only_tells_of_marks_is_in_the_key():
    names = [str(path.relative_to(ROOT)) for path in marking_modules()]
    assert len(names) > 80
    assert not [name for name in names if name.startswith(NO_PART)]


@pytest.mark.parametrize("folder", ["solutions", "notebooks", "grading/report.py", "exercises/row-dot/hidden.py"])
def test_the_key_follows_what_marks_follow_from(course, tmp_path, monkeypatch, folder):
    """A comment in the report marks nobody anew; one in a hidden test does."""
    before = Results(course).digest(ONE, "content")
    for path in ("grading/report.py", "exercises/row-dot/hidden.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    monkeypatch.setattr(results, "ROOT", tmp_path)
    empty = Results(course).digest(ONE, "content")
    assert empty != before
    if folder.endswith(".py"):
        (tmp_path / folder).write_text("# a comment")
    else:
        (tmp_path / folder).unlink()
        (tmp_path / folder / "recommenders2").mkdir(parents=True)
        for name in course.released:
            (tmp_path / folder / "recommenders2" / f"{name}.ipynb").write_bytes(b"{}")
    assert (Results(course).digest(ONE, "content") == empty) == (folder == "grading/report.py")


@pytest.mark.parametrize("other", [Conditions(trust=True), Conditions(time=2)])
def test_marks_under_other_conditions_are_not_taken_for_the_usual_ones(course, tmp_path, other):
    (tmp_path / "submitted" / "ann").mkdir(parents=True)
    (submission,) = find_submissions(tmp_path / "submitted", COURSE)
    theirs, usual = Results(course, other), Results(course)
    parts = {name: Part(theirs.digest(name, results.NOTHING), [], None, []) for name in course.released}
    theirs.save(Marked("ann", parts, {}, submission.notes))
    assert theirs.is_current(submission, theirs.load("ann"))
    assert not usual.is_current(submission, usual.load("ann"))
