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

MODELS = ["the mean", "ClassicMF", "KorenMF", "RatingPred", "RatingPredProfile", "ClassicMF (D = 50)", "TextClassicMF"]


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


@pytest.fixture(scope="module")
def errors(rows, reviews):
    """Model -> error on validation and test together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECSYS_REVIEWS", str(reviews))
        data = load_data(quiet=True)
    return {name: held_out_error((float(row["val"]), float(row["test"])), data) for name, row in rows.items()}


@pytest.mark.parametrize(("model", "most"), [("KorenMF", 0.765), ("RatingPred", 0.63), ("RatingPredProfile", 0.60)])
def test_the_models_reach_on_a_real_file_what_they_should(model, most, errors):
    """For comparison: the mean .819, tuned biases .754; tf-idf and ridge regression .58, with biases .56."""
    assert errors[model] <= most


def test_words_do_not_harm_the_ratings_on_a_real_file(errors):
    assert errors["TextClassicMF"] <= min(errors["ClassicMF"], errors["ClassicMF (D = 50)"])


@pytest.fixture(scope="module")
def words_of(run):
    """Return what `python -m benchmarks words` says of each model, on a file or on the generated reviews."""

    def table(*options):
        lines = run("benchmarks", "words", *options).stdout.splitlines()
        start = next(n for n, line in enumerate(lines) if "AUC (chance 0.5)" in line)
        return {line[:20].strip(): line[20:].split(maxsplit=1) for line in lines[start + 1 : start + 4]}

    return table


def test_real_words_are_nearer_than_drawn_ones_on_a_real_file(words_of, reviews):
    table = words_of("--reviews", reviews)
    assert float(table["uniform fakes"][0]) >= 0.56
    assert float(table["fakes by frequency"][0]) >= 0.65


def test_the_nearest_words_of_generated_items_are_their_own(words_of):
    for model, (_, share) in words_of().items():
        assert float(share.split()[0]) >= 8, model


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
