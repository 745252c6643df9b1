"""The errors that the README and the notebooks speak of, on a real file where it is at hand."""

import csv
import io
import shutil

import pytest
import torch

from benchmarks.notebook_models import rating_models
from helpers.batches import rating_loaders
from helpers.data import load_data
from helpers.training import evaluate, fit

MODELS = ["the mean", "ClassicMF", "KorenMF"]


@pytest.fixture(scope="module")
def reviews(real_reviews, tmp_path_factory):
    """A copy of the real file, since what is read is cached beside it."""
    return shutil.copy(real_reviews, tmp_path_factory.mktemp("real"))


def held_out_error(errors, data):
    """Return the error on validation and test together."""
    val, test = errors
    return (val * len(data.val) + test * len(data.test)) / (len(data.val) + len(data.test))


@pytest.fixture(scope="module")
def rows(run, reviews):
    done = run("benchmarks", "errors", "--reviews", reviews)
    assert done.stdout.splitlines()[0] == "model,train,val,test,seconds"
    return {row["model"]: row for row in csv.DictReader(io.StringIO(done.stdout))}


def test_the_notebooks_run_on_a_real_file_and_the_mean_comes_first(rows):
    assert list(rows) == MODELS
    assert float(rows["the mean"]["val"]) == pytest.approx(0.836, abs=0.001)


def test_koren_reaches_what_biases_can_on_a_real_file(rows, reviews, monkeypatch):
    """The mean's error there is .819, that of carefully tuned biases .754."""
    monkeypatch.setenv("RECSYS_REVIEWS", str(reviews))
    errors = float(rows["KorenMF"]["val"]), float(rows["KorenMF"]["test"])
    assert held_out_error(errors, load_data(quiet=True)) <= 0.765


@pytest.mark.parametrize("fold", range(8))
def test_koren_is_not_above_the_mean_on_any_fold_of_a_real_file(fold, reviews, monkeypatch):
    """The training of notebook 2, without the notebook around it."""
    monkeypatch.setenv("RECSYS_REVIEWS", str(reviews))
    data, models = load_data(fold, quiet=True), rating_models()
    train_loader, val_loader, test_loader = rating_loaders(data, batch_size=1024)
    torch.manual_seed(0)
    koren = models["KorenMF"](data.nb_users, data.nb_items, latent_size=16)
    koren.gmean.data.fill_(data.mean)
    fit(koren, models["mf_step"], train_loader, val_loader)
    koren_error = held_out_error([evaluate(koren, models["mf_step"], part) for part in (val_loader, test_loader)], data)
    mean_error = held_out_error([((part.ratings - data.mean) ** 2).mean() for part in (data.val, data.test)], data)
    assert koren_error < mean_error


def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(run, tmp_path):
    broken = tmp_path / "broken.json.gz"
    broken.write_bytes(b"no gzip")
    done = run("benchmarks", "errors", "--reviews", broken, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == f"{broken} is not a gzip file: reviews come as JSON lines, gzipped (.json.gz)."
