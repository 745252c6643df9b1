"""tools/spread.py: how far figures of a notebook go from run to run, and how often its assertions fail."""

import json

import nbformat
import pytest

from authoring.notebooks import solution_paths, write
from tools import spread

pytestmark = pytest.mark.proof

SOLUTIONS = [pytest.param(path, id=path.stem) for path in solution_paths() if not path.stem.startswith("01")]
IMPORTS = """import torch
from helpers import session
from helpers.batches import make_loader as rating_loaders
session.start()"""
TRAINING = """torch.manual_seed(0)
error, first = torch.rand(1).item(), next(iter(loader))[0]
print(f"error {error:.3f}")"""
CELLS = {
    "setup": IMPORTS,
    "limit": "limit = 0.5",
    "loader": "loader = rating_loaders([torch.arange(100.0)], 50, shuffle=True)",
    "unneeded": "other = 1 / 0",
    "training": TRAINING,
    "error-assert": "half = limit\nassert 0 <= error < half",
    "first-assert": "small = first < 3\nif not len(first):\n    assert fewer < 3\nassert len(first[first < 0]) < 1",
}


@pytest.fixture
def notebook(tmp_path):
    """A notebook whose one number is drawn at random, and whose assertion holds half the time."""

    def notebook(*without):
        cells = [nbformat.v4.new_code_cell(source, id=id) for id, source in CELLS.items() if id not in without]
        cells[-3].metadata["tags"] = ["nbval-ignore-output"]
        path = tmp_path / "09_small.ipynb"
        write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return notebook


def test_each_number_is_kept_with_the_ends_of_its_range(notebook, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(spread, "SPREAD", tmp_path / "spread.json")
    path = notebook("unneeded")
    spread.measure([path], [({}, 1, 0), ({}, 2, 0), ({}, 1, 3)], jobs=1)
    kept = json.loads((tmp_path / "spread.json").read_text(encoding="utf-8"))
    [[low, high]] = kept["figures"]["09_small"]["training"]["error #"]
    assert [low, high] == pytest.approx(kept["reached"]["09_small"]["error"], abs=0.0005)
    assert low < high, "one seed is another"
    spread.report([path])
    said = spread.about(low, high)
    assert f"training          error {said}" in capfd.readouterr().out


def test_the_ways_to_run_differ_in_vector_unit_threads_or_seed():
    ways = spread.variants(nb_seeds=2)
    assert [(threads, seed) for unit, threads, seed in ways if not unit][:2] == [(1, 0), (2, 0)]
    assert [seed for _, _, seed in ways][-2:] == [1, 2]
    assert len({json.dumps(way) for way in ways}) == len(ways)


def test_an_assertion_is_run_from_many_seeds_with_the_cells_it_stands_on(notebook, capsys):
    found = spread.claims(notebook(), range(20))
    errors = [error for error, _ in found["error-assert"]]
    assert 0 < sum(error is not None for error in errors) < 20
    for error, margins in found["error-assert"]:
        assert (error is None) == (margins["error < half"] > 0)
    assert {error for error, _ in found["first-assert"]} == {None}
    assert spread.tell(notebook(), "error-assert", found["error-assert"]) == len(errors) - errors.count(None)
    assert "error < half: by " in capsys.readouterr().out


def test_names_of_a_notebook_are_told_from_those_of_a_function():
    source = "def f(a):\n    b = a + c\n    return b\nd = [e for e in g]\nh['x'] = 1\nfor i in j:\n    k += i"
    used, changed = spread.global_names(source)
    assert used >= {"c", "g", "h", "j"}
    assert not used & {"a", "b", "e"}
    assert changed == {"f", "d", "h", "i", "k"}


@pytest.mark.long
@pytest.mark.parametrize("path", SOLUTIONS)
def test_what_the_notebooks_assert_holds_from_other_seeds_too(path):
    """A few of those that `python -m tools.spread asserts` runs."""
    wrong = {id: [error for error, _ in found if error] for id, found in spread.claims(path, range(1, 6)).items()}
    assert wrong
    assert {id: errors for id, errors in wrong.items() if errors} == {}
