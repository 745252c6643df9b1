"""docs/new-exercise.md, done in a copy of the project: each test fails before its step, and passes in the end."""

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from authoring.notebooks import ROOT

PAGE = (ROOT / "docs" / "new-exercise.md").read_text(encoding="utf-8")
PIECE = re.compile(  # in the page's order: a test that fails, with its message; a change of files; commands
    r"Until then fails\s+`(?P<test>[^`]+)`:\n\n```text\n(?P<message>.+?)\n```"
    r"|```diff\n(?P<diff>.+?)```"
    r"|```sh\n(?P<commands>.+?)```",
    re.DOTALL,
)
NEEDS_MORE = "test_the_bank_is_large_enough_to_mean_something[clip-rating]"  # answers than the page has room for
MEANT = [  # these pass, and there is something to pass
    "tests/exercises/test_answers.py::test_a_right_answer_gets_its_points_in_one_line[clip-rating/as_taught]",
    "tests/exercises/test_answers.py::test_a_wrong_answer_is_told_in_a_few_lines_what_is_wrong[clip-rating/rounded]",
    "tests/grading/examining/test_trials.py::test_what_is_right_for_the_sizes_of_the_check_alone_is_refused[clip-rating]",
    "tests/authoring/test_no_answers.py::test_nothing_that_students_are_given_contains_an_answer[clip-rating]",
]
PRELOADED = ["torch", "matplotlib.pyplot", "nbclient", "nbconvert", "pytest"]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of the project as it stands here, in git of its own."""
    folder = tmp_path_factory.mktemp("clone")
    tracked = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(tracked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    kept = ROOT / "dataset" / "generated"  # with the reviews as ids, if they were read here before
    shutil.copytree(kept, folder / "dataset" / "generated", dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def processes():
    """Processes that begin with what takes long to import, and with nothing of this project."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def failures(clone, processes, *tests):
    """Run tests of the clone; return by test the text of its failure, None if it passed."""
    report = clone / "report.xml"
    options = [f"--rootdir={clone}", "-o", f"pythonpath={clone}", "-p", "no:cacheprovider", f"--junit-xml={report}"]
    child = processes.Process(target=pytest.main, args=([*options, *(str(clone / test) for test in tests)],))
    child.start()
    child.join()
    cases = ElementTree.parse(report).iter("testcase")
    return {case.get("name"): next((failure.text for failure in case.iter("failure")), None) for case in cases}


def do(command, clone, clean_environment):
    """Run a command of the page, in the clone."""
    there = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(clone)}
    done = subprocess.run(command.split(), cwd=clone, env=clean_environment | there, capture_output=True, text=True)
    hook = command.endswith("normalise")  # like any pre-commit hook, it fails if it changed something
    assert done.returncode == hook, f"{command}\n{done.stdout}{done.stderr}"


def test_each_test_fails_until_its_piece_is_there(clone, processes, clean_environment):
    tests = []
    for piece in PIECE.finditer(PAGE):
        if piece["test"]:
            [said] = failures(clone, processes, piece["test"]).values()
            assert piece["message"] in (said or "It passed."), piece["test"]
            tests.append(piece["test"])
            if drawn := re.search(r"(\w+) is an id drawn at random", said):
                call(drawn[1], "exercise-clip-rating", clone / "solutions")
        elif piece["diff"]:
            apply = ["git", "apply", "-C1", "-"]
            subprocess.run(apply, cwd=clone, input=piece["diff"], text=True, check=True)
        else:
            for command in piece["commands"].splitlines():
                do(command, clone, clean_environment)
    assert len(tests) == PAGE.count("Until then fails")
    results = failures(clone, processes, *dict.fromkeys(tests), *MEANT)
    assert {name for name, failure in results.items() if failure} == {NEEDS_MORE}


def call(id, name, folder):
    """Write a cell's new name in place of its id."""
    [path] = [path for path in folder.rglob("*.ipynb") if f'"id": "{id}"' in path.read_text(encoding="utf-8")]
    path.write_text(path.read_text(encoding="utf-8").replace(f'"id": "{id}"', f'"id": "{name}"'), encoding="utf-8")
