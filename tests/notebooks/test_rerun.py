"""Each given cell run twice in a row: the second run fails nowhere, and leaves, prints and draws what the first did."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import nbformat
import pytest

from authoring.figures import far_off, measured
from authoring.notebooks import ROOT, SOLUTIONS, execute, read, solution_paths
from authoring.release import expected, pictures
from helpers.data import load_data
from tools.spread import global_names

pytestmark = pytest.mark.proof

NOTE = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom tests.kit import rerunning as _rerunning"
PLANTED = {  # bad cells, each with the good one that could stand in its place, and what the bad one is found to do
    "it goes on training": (
        "_ = run(model)\nhistory = History([1.0], [float(model.weight)])",
        "model = new_model()\n_ = run(model)\nhistory = History([1.0], [float(model.weight)])",
        {"model", "history"},
    ),
    "it trains without a seed": (
        "model = nn.Linear(1, 1)\nhistory = History([1.0], [float(model.weight)])",
        "torch.manual_seed(0)\nmodel = nn.Linear(1, 1)\nhistory = History([1.0], [float(model.weight)])",
        {"model", "history"},
    ),
    "it moves a limit": ('limits["mean"] += 1', 'on_test = limits | {"mean": limits["mean"] + 1}', {"limits"}),
    "it adds to a gradient": ("row.sum().backward()", "row.grad = None\nrow.sum().backward()", {"row"}),
    "it fails": ("total.backward()", "total = row.sum()\nrow.grad = None\ntotal.backward()", "RuntimeError"),
}
SETTING = """
import torch
from torch import nn
from helpers.training import History

def new_model():
    torch.manual_seed(0)
    return nn.Linear(1, 1, bias=False)

def run(model):
    with torch.no_grad():
        model.weight += torch.rand(1)

limits, row = {"mean": 1.0}, torch.ones(3, requires_grad=True)
total, model = row.sum().exp(), new_model()
"""


def run_twice(notebook, folder, env):
    """Run each code cell of `notebook` twice in a row in one kernel; then, last first, all that drew pictures.

    Returned: `errors`, (cell, kind, message) each; `changed`, what a second run left otherwise; `outputs` by cell id,
    which ends in -first, -second or -again.
    """
    cells, new = [nbformat.v4.new_code_cell(NOTE)], nbformat.v4.new_code_cell
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code_cells:
        first, second = (new(cell.source, id=f"{cell.id}-{time}") for time in ("first", "second"))
        begin, between, end = (new(f"_rerunning.{call}") for call in calls(cell.id))
        cells += [begin, first, between, second, end]
    cells += [new(cell.source, id=f"{cell.id}-again") for cell in reversed(code_cells) if pictures(cell)]
    # on a graphics card sums come in any order, so that no two runs are the same
    done = execute(nbformat.v4.new_notebook(cells=cells), folder, env | {"CUDA_VISIBLE_DEVICES": ""}, allow_errors=True)
    outputs = {cell.id: cell.outputs for cell in done.cells}
    errors = [(id, out.ename, out.evalue) for id, outs in outputs.items() for out in outs if out.output_type == "error"]
    noted = [cell.outputs[0].text for cell in done.cells if cell.source.startswith("_rerunning.end")]
    return SimpleNamespace(
        errors=errors, outputs=outputs, changed=[change for text in noted for change in json.loads(text)]
    )


def calls(cell):
    return "begin(globals())", "between(globals())", f"end(globals(), {cell!r})"


def said(outputs):
    """Return what outputs say in words, but for a table's last column, the seconds of training."""
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]
    return [re.sub(r" +\d+\.\d$", "", text, flags=re.MULTILINE) if "seconds" in text else text for text in texts]


@pytest.fixture(scope="module", params=solution_paths(), ids=lambda path: path.stem)
def twice(request, clean_environment):
    """A solution notebook, each of its cells run twice in a row."""
    load_data(quiet=True)  # the first time on a machine it has something to say
    notebook = read(request.param)
    done = run_twice(notebook, request.param.parent, clean_environment)
    done.stem, done.expected = request.param.stem, expected(notebook)
    return done


def test_no_cell_fails_on_its_second_run(twice):
    assert twice.errors == []


def test_a_second_run_leaves_the_numbers_that_the_first_left(twice):
    assert twice.changed == []


def test_a_second_run_prints_and_draws_what_the_first_did(twice):
    firsts = {
        id.removesuffix("-first"): said(outputs) for id, outputs in twice.outputs.items() if id.endswith("-first")
    }
    seconds = {id: said(twice.outputs[f"{id}-second"]) for id in firsts}
    assert seconds == firsts


def test_at_the_end_each_picture_is_drawn_again_as_it_was(twice):
    """From the last to the first, so that none is put right by one above it: no cell below has moved what it draws."""
    drawn = {id.removesuffix("-again"): pngs(outputs) for id, outputs in twice.outputs.items() if id.endswith("-again")}
    assert drawn
    assert [id for id, png in drawn.items() if png != pngs(twice.outputs[f"{id}-second"])] == []


def pngs(outputs):
    return [output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})]


def test_a_fresh_run_draws_the_expected_pictures_as_they_were_measured(twice):
    """As are the kept ones, which test_figures compares: so a picture shows what the solution draws."""
    known = measured()[twice.stem]
    drawn = {name: "\n".join(said(twice.outputs[f"{name}-first"])) for name in twice.expected}
    assert {name: list(far_off(alt, known[name])) for name, alt in drawn.items()} == {name: [] for name in drawn}


@pytest.mark.parametrize("name", PLANTED)
def test_a_cell_that_cannot_be_run_twice_is_found(name, clean_environment, tmp_path):
    bad, good, found = PLANTED[name]
    done = {
        cell: run_twice(notebook_of(SETTING, source), tmp_path, clean_environment)
        for cell, source in [("bad", bad), ("good", good)]
    }
    assert (done["good"].errors, done["good"].changed) == ([], [])
    if isinstance(found, str):
        assert [(id, kind) for id, kind, _ in done["bad"].errors] == [("cell-1-second", found)]
    else:
        assert {name for _, name, _, _ in done["bad"].changed} == found


def notebook_of(*sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.parametrize(
    ("notebook", "cell", "weights"),
    [
        ("03_ratings_from_text", "train-profile", {"word_weight": 0.3, "profile_weight": 2.0}),
        ("04_predicting_text", "train-classic", {"text_weight": 3.0}),
    ],
)
def test_a_training_without_penalties_that_is_stopped_leaves_the_weights_as_they_were(notebook, cell, weights):
    [source] = [c.source for c in read(SOLUTIONS / f"{notebook}.ipynb").cells if c.id == cell]

    def fit(*arguments, **options):
        if any(names[weight] == 0 for weight in weights):
            raise KeyboardInterrupt
        return MagicMock()

    others = {name: MagicMock() for name in global_names(source)[0] - {"print"}}
    names = others | weights | {"fit": fit, "fit_joint": fit}
    with pytest.raises(KeyboardInterrupt):
        exec(source, names)
    assert {weight: names[weight] for weight in weights} == weights
