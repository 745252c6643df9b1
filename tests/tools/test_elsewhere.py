"""Where else students work: the cell for Colab does what it says, and what Colab saves is graded as what it was."""

import json
import random
import re
import shutil
import string

import nbformat
import pytest
import yaml
from jupyter_client.kernelspec import KernelSpecManager

from authoring.bundle import FOLDER, bundle
from authoring.notebooks import RELEASE, ROOT, execute, read
from grading.handed_in.matching import match
from grading.handed_in.reading import read_notebook
from grading.handed_in.submissions import find_submissions
from tests.kit.students import COURSE, NAMES, ONE, solved

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def colab_cell():
    """The cell that docs/elsewhere.md tells students to insert."""
    text = (ROOT / "docs" / "elsewhere.md").read_text(encoding="utf-8")
    return re.search(r"```python\n(.+?)```", text, re.DOTALL)[1].strip()


def as_colab_saves(notebook, first, keep_metadata=True):
    """Return `notebook` as the bytes of a file that Colab saved: format 4.0, ids of its own, `first` at the top.

    keep_metadata: whether what nbgrader wrote into the cells' metadata is still there.
    """
    chance = random.Random(0)
    cells = []
    for cell in [nbformat.v4.new_code_cell(first), *notebook.cells]:
        kept = dict(cell.metadata) if keep_metadata else {}
        own = {"id": "".join(chance.choices(string.ascii_letters, k=12))}
        source = cell.source.splitlines(keepends=True)
        saved = {"cell_type": cell.cell_type, "metadata": kept | own, "source": source}
        if "attachments" in cell:
            saved["attachments"] = cell.attachments
        if cell.cell_type == "code":
            saved["metadata"] |= {"colab": {"base_uri": "https://localhost:8080/"}, "outputId": "a1b2-c3"}
            saved |= {"execution_count": chance.randrange(99), "outputs": []}
        cells.append(saved)
    metadata = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "accelerator": "GPU",
    }
    return json.dumps({"nbformat": 4, "nbformat_minor": 0, "metadata": metadata, "cells": cells}, indent=2).encode()


@pytest.mark.parametrize("keep_metadata", [True, False], ids=["with metadata", "without"])
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_from_colab_is_found_and_matched(name, keep_metadata, colab_cell, tmp_path):
    (tmp_path / "anna").mkdir()
    path = tmp_path / "anna" / f"Copy of {name}.ipynb"
    path.write_bytes(as_colab_saves(solved(name), colab_cell, keep_metadata))
    [submission] = find_submissions(tmp_path, COURSE)
    assert list(submission.files) == [name]

    found = match(read_notebook(submission.files[name]), name, COURSE)
    here = match(solved(name), name, COURSE)
    assert not found.missing
    assert [step.role for step in found.steps[:1]] == ["extra"]
    assert found.steps[0].source == colab_cell
    assert found.steps[1:] == here.steps
    assert list(map(identity, found.notebook.cells[1:])) == list(map(identity, here.notebook.cells))


def identity(cell):
    return cell.id, cell.cell_type, cell.source, cell.metadata


def test_a_notebook_from_colab_earns_its_points(counter, colab_cell):
    right = counter.mark_file(as_colab_saves(solved(ONE), colab_cell, keep_metadata=False))
    assert (right.verdict, right.points) == ("ok", 1)
    assert counter.mark_file(as_colab_saves(COURSE.released[ONE], colab_cell)).verdict == "todo"


@pytest.mark.skipif(not shutil.which("unzip"), reason="unzip is not at hand. Type: sudo apt install unzip")
def test_the_cell_for_colab_makes_the_helpers_importable(colab_cell, clean_environment, tmp_path):
    """In a temporary folder in the place of Colab's /content. The cell may be run twice."""
    bundle(tmp_path / "recommenders2-student.zip")
    (tmp_path / "somewhere").mkdir()
    cell = colab_cell.replace("/content", str(tmp_path))
    assert cell != colab_cell
    says = "import helpers.session\nhelpers.session.start()\nprint(helpers.__file__)"
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (cell, says, cell, says)]
    )
    execute(notebook, folder=tmp_path / "somewhere", env=clean_environment)
    for told in (notebook.cells[1], notebook.cells[3]):
        assert told.outputs[0].text.strip() == str(tmp_path / FOLDER / "helpers" / "__init__.py")


@pytest.mark.parametrize("name", NAMES)
def test_the_kernel_that_the_notebooks_name_is_there(name):
    kernel = read(RELEASE / f"{name}.ipynb").metadata.kernelspec.name
    assert KernelSpecManager().get_kernel_spec(kernel).language == "python"


def test_conda_and_binder_install_what_pyproject_lists():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["name"] == FOLDER
    assert environment["dependencies"] == [
        "python=3.11",
        "pip",
        {"pip": ["--constraint constraints.txt", "--editable ."]},
    ]
