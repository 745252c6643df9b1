"""nbval re-runs the solutions; here, that it really notices when a solution has become worse."""

import json

import pytest

from authoring.notebooks import SOLUTIONS

REGRESSIONS = {
    "biases dropped": (
        "out = self.gmean + umean + imean + (embed_u * embed_i).sum(dim=1)",
        "out = self.gmean + (embed_u * embed_i).sum(dim=1)",
    ),
    "a learning rate 100 times too large": (
        "history = fit(koren, mf_step, train_loader, val_loader)",
        "history = fit(koren, mf_step, train_loader, val_loader, lr=1.0)",
    ),
    "a formula changed": (
        "out = self.mean + (embed_u * embed_i).sum(dim=1)",
        "out = self.mean - (embed_u * embed_i).sum(dim=1)",
    ),
}


def nbval(run, path, **environment):
    return run("pytest", "--nbval", "-q", "-p", "no:cacheprovider", path, cwd=path.parent, check=False, **environment)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_solutions_pass_with_any_number_of_threads(run, threads):
    done = nbval(run, SOLUTIONS, OMP_NUM_THREADS=threads)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", REGRESSIONS)
def test_a_planted_regression_is_found(run, tmp_path, name):
    right, wrong = REGRESSIONS[name]
    notebook = json.loads((SOLUTIONS / "02_matrix_factorization.ipynb").read_text(encoding="utf-8"))
    planted = 0
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        planted += source.count(right)
        cell["source"] = source.replace(right, wrong)
    assert planted == 1
    path = tmp_path / "planted.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    done = nbval(run, path)
    assert done.returncode == 1, done.stdout
    assert "Notebook cell execution failed" in done.stdout
