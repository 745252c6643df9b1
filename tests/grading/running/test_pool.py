"""The workers on this machine: a class is marked by several at once, one that dies is replaced, and none is left."""

import subprocess
import sys
from itertools import islice

import psutil
import pytest

from grading.running import pool, worker
from grading.running.results import Conditions

# A worker that answers with what it was sent; it dies of "death" always, of a file's name if the file is not there yet
SCRIPT = """
import json, os, pathlib, pickle, sys
while True:
    submission, anew = pickle.load(sys.stdin.buffer)
    if submission == "death" or "/" in submission and not pathlib.Path(submission).exists():
        pathlib.Path(submission).touch()
        os._exit(9)
    if submission == "slow":
        sys.stdin.buffer.read()  # as a real one, it ends when its input does
    print(json.dumps(f"{submission} {anew}"), flush=True)
"""


@pytest.fixture
def marked(monkeypatch, tmp_path):
    """Have submissions marked by two workers of that script."""
    made, make = [], worker.Worker.__init__

    def prepare(self, *arguments):
        make(self, *arguments)
        self.command = [sys.executable, "-c", SCRIPT]
        made.append(self)

    monkeypatch.setattr(worker.Worker, "__init__", prepare)
    monkeypatch.chdir(tmp_path)
    with pool.opened(2, tmp_path, Conditions()) as marked:
        yield marked
    assert all(one.process is None for one in made)
    assert psutil.Process().children() == []


def test_each_submission_is_answered_by_some_worker(marked):
    assert dict(marked(list("abcdef"), True)) == {letter: f"{letter} True" for letter in "abcdef"}


def test_a_worker_that_dies_is_replaced_and_its_submission_begun_again(marked, tmp_path, capsys):
    path = str(tmp_path / "once")
    assert dict(marked(["a", path, "b"], False)) == {"a": "a False", path: f"{path} False", "b": "b False"}
    assert capsys.readouterr().err.count("A worker has died. What it was marking is begun again on another.") == 1


def test_a_submission_over_which_workers_die_again_and_again_is_given_up(marked):
    assert dict(marked(["death", "a"], False)) == {
        "death": "The process that marks has ended, 3 times.",
        "a": "a False",
    }


def test_what_is_interrupted_is_not_waited_for_and_leaves_no_process(marked):
    """What is slow would never end. The fixture finds what is left."""
    assert list(islice(marked(["a", "slow", "slow", "slow"], False), 1)) == [("a", "a False")]


def test_grading_on_this_machine_needs_no_dask():
    found = "import grading.__main__, sys; print(sorted({'dask', 'distributed'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
