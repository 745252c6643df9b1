"""The button Validate: what it says of a notebook, run in real kernels, and that the server goes on meanwhile."""

import asyncio
import copy
import json
import re
import threading
import urllib.request
from urllib.parse import quote, urlsplit

import nbformat
import pytest

from authoring.notebooks import RELEASE, ROOT, SOLUTIONS, read, write
from authoring.registry import Registry
from tests.kit.browser import jupyterlab

pytestmark = pytest.mark.proof
NAME = "01_reviews_to_batches.ipynb"
EXERCISES = {id: one for id, one in Registry().automatic.items() if f"{one.notebook}.ipynb" == NAME}


@pytest.fixture
def validating(monkeypatch):
    """The module behind the button, which JupyterLab finds through jupyter/lab_config.py."""
    monkeypatch.syspath_prepend(ROOT / "jupyter")
    import validating

    return validating


@pytest.fixture
def said(validating, tmp_path, monkeypatch):
    """Return a function that validates a notebook under a name of its own, and returns what is said: text by title."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("RECSYS_REVIEWS", raising=False)

    def said(notebook):
        path = tmp_path / "my copy.ipynb"
        nbformat.write(notebook, path)
        failed = asyncio.run(validating.validate(path)).get("failed", [])
        return {entry["source"]: re.sub(r"\x1b\[[\d;]*m", "", entry["raw_error"]) for entry in failed}

    return said


def solved():
    return read(SOLUTIONS / NAME)


def number(exercise):
    return EXERCISES[exercise].number


def cell_of(notebook, id):
    return next(cell for cell in notebook.cells if cell.id == id)


def test_of_a_solved_notebook_nothing_is_said(said):
    assert said(solved()) == {}


def test_of_an_untouched_one_each_exercise_is_still_to_do(said):
    answers = said(read(RELEASE / NAME))
    assert list(answers) == [f"{one.number} {one.title}" for one in EXERCISES.values()]
    for one, text in zip(EXERCISES.values(), answers.values(), strict=True):
        assert text.startswith(f"○ Exercise {one.number} is still to do: ")


def test_wrong_deleted_changed_emptied_and_copied_cells_are_told_apart(said):
    notebook = solved()
    cell_of(notebook, "row-dot").source = "def row_dot(a, b):\n    return a @ b.T"
    copied = copy.deepcopy(cell_of(notebook, "row-dot"))  # with its metadata, as copy and paste in JupyterLab makes it
    place = notebook.cells.index(cell_of(notebook, "row-dot"))
    notebook.cells.insert(place, nbformat.from_dict(copied | {"id": "copied"}))
    notebook.cells.remove(cell_of(notebook, "check-mean-error"))
    changed = cell_of(notebook, "check-tuple-batch")
    release = cell_of(read(RELEASE / NAME), "check-tuple-batch")
    changed.metadata["nbgrader"] = release.metadata["nbgrader"]  # which has the checksum
    changed.source = "print('✓')"
    dot, error, batch = said(notebook).values()
    assert dot.startswith(f"✗ Exercise {number('row-dot')}: ")
    gone, changed = "its check is not in this notebook any more", "the cell of its check was changed"
    assert error == f"✗ Exercise {number('mean-error')}: {gone}. Copy that cell from the notebook as you got it."
    assert batch == f"✗ Exercise {number('tuple-batch')}: {changed}. Copy it from the notebook as you got it."


def test_a_check_that_never_ran_is_no_success(said):
    notebook = solved()
    cell_of(notebook, "check-row-dot").source = ""
    cell_of(notebook, "check-mean-error").source = "1 / 0"
    dot, error = said(notebook).values()
    assert dot == f"✗ Exercise {number('row-dot')}: its check did not run."
    stopped = f"✗ Exercise {number('mean-error')}: its check stopped.\nZeroDivisionError: division by zero\n"
    assert error.startswith(stopped)


def test_a_kernel_that_is_not_here_is_no_hindrance_nor_is_a_cell_without_id(said):
    notebook = solved()
    notebook.metadata.kernelspec = {"name": "somebody-elses", "display_name": "Somebody's", "language": "python"}
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]
    assert said(notebook) == {}


def test_what_takes_too_long_is_stopped_and_said(said, validating, monkeypatch):
    monkeypatch.setattr(validating, "SECONDS", 15)
    notebook = solved()
    notebook.cells = [cell for cell in notebook.cells if cell.id in ("setup", "row-dot", "check-row-dot")]
    cell_of(notebook, "check-row-dot").source = "while True:\n    pass"
    answer = said(notebook)[f"{number('row-dot')} {EXERCISES['row-dot'].title}"]
    assert answer.startswith(f"✗ Exercise {number('row-dot')}: its check stopped.\n")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("import os; os.kill(os.getpid(), 9)", "The kernel died while the notebook ran."),
        (None, "This notebook holds no exercise of the session"),
    ],
)
def test_what_cannot_be_validated_is_refused_in_a_sentence(said, validating, source, sentence):
    notebook = solved()
    if source:
        cell_of(notebook, "setup").source = source
    else:
        notebook.cells = notebook.cells[:2]
    with pytest.raises(validating.Refused, match=sentence):
        said(notebook)


def test_a_file_that_is_no_notebook_is_refused_in_a_sentence(validating, tmp_path):
    (tmp_path / "broken.ipynb").write_text("{")
    with pytest.raises(validating.Refused, match="cannot be read"):
        asyncio.run(validating.validate(tmp_path / "broken.ipynb"))


def test_while_a_notebook_is_validated_the_server_answers(tmp_path):
    """The notebook waits for a file that is written only once the server has answered something else."""
    go_on = tmp_path / "go on"
    notebook = read(RELEASE / NAME)
    waiting = f"import pathlib, time\nwhile not pathlib.Path({str(go_on)!r}).exists():\n    time.sleep(0.1)\n"
    cell_of(notebook, "setup").source = waiting + cell_of(notebook, "setup").source
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write(notebook, folder / NAME)
    options = [f"--config={ROOT / 'jupyter' / 'lab_config.py'}", f"--ServerApp.root_dir={folder}"]
    with jupyterlab(tmp_path, *options, PYTHONPATH=str(ROOT)) as address:
        answers = []
        ask = threading.Thread(
            target=lambda: answers.append(asked(address, f"assignments/validate?path={quote(NAME)}", method="POST"))
        )
        ask.start()
        assert [file["name"] for file in asked(address, "api/contents")["content"]] == [NAME]
        assert answers == []
        go_on.touch()
        ask.join(timeout=300)
        assert asked(address, "nbgrader_version?version=none")["success"] is False
    [answer] = answers
    assert answer["success"]
    numbers = [entry["source"].split()[0] for entry in answer["value"]["failed"]]
    assert numbers == [one.number for one in EXERCISES.values()]
    assert "white-space: pre-wrap" in answer["value"]["failed"][0]["error"]


def asked(address, what, method="GET"):
    """Return what the server at `address`, which holds a token, answers."""
    place = urlsplit(address)
    headers = {"Authorization": f"token {place.query.removeprefix('token=')}"}
    request = urllib.request.Request(f"http://{place.netloc}/{what}", method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)
