"""The errors that the README and the notebooks speak of, on a real file if at hand; and how time is measured."""

import csv
import io
import shutil
from functools import partial

import numpy as np
import pytest
import torch

from authoring.generator.reviews import write_reviews
from benchmarks import compiled, growth, original, pictures, ranking, rating
from benchmarks.koren import koren_mf
from benchmarks.loading import ours, with_pandas, with_polars
from benchmarks.measuring import Pausing, Runs, in_a_process
from benchmarks.notebook_models import rating_models
from benchmarks.ratings import Ratings, grown
from benchmarks.report import Part, Table, at_least, at_most, write_report
from helpers.batches import rating_loaders
from helpers.data import load_data
from helpers.ranking import Measured
from helpers.reviews import Reviews
from helpers.training import evaluate, fit

pytestmark = pytest.mark.proof

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


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.parametrize(("model", "most"), [("KorenMF", 0.765), ("RatingPred", 0.63), ("RatingPredProfile", 0.60)])
def test_the_models_reach_on_a_real_file_what_they_should(model, most, errors):
    """For comparison: the mean .819, tuned biases .754; tf-idf and ridge regression .58, with biases .56."""
    assert errors[model] <= most


@pytest.mark.long
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


@pytest.mark.long
def test_real_words_are_nearer_than_drawn_ones_on_a_real_file(words_of, reviews):
    table = words_of("--reviews", reviews)
    assert float(table["uniform fakes"][0]) >= 0.56
    assert float(table["fakes by frequency"][0]) >= 0.65


@pytest.mark.long
def test_the_nearest_words_of_generated_items_are_their_own(words_of):
    for model, (_, share) in words_of().items():
        assert float(share.split()[0]) >= 8, model


@pytest.mark.long
@pytest.mark.parametrize("fold", range(8))
def test_koren_is_not_above_the_mean_on_any_fold_of_a_real_file(fold, reviews, monkeypatch):
    """The training of notebook 2, without the notebook around it."""
    monkeypatch.setenv("RECSYS_REVIEWS", str(reviews))
    data, models = load_data(fold, quiet=True), rating_models()
    train_loader, val_loader, test_loader = rating_loaders(data)
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
    assert done.stderr.strip() == (
        f"{broken}, line 1: this is no review, it begins with 'no gzip': a JSON object in braces is expected."
    )


# --- how models are measured


@pytest.fixture(scope="module")
def few_ratings(tmp_path_factory):
    """The path of a file of some hundred ratings."""
    return grown(0.05).save(tmp_path_factory.mktemp("few") / "ratings.npz")


def here(function, threads=1, **options):
    """Do what `in_a_process` does, without the process, in which torch would be imported anew."""
    result = function(**options)
    return (result._asdict() if hasattr(result, "_asdict") else result) | {"peak": 1.0}


@pytest.fixture(scope="module")
def runs(few_ratings):
    """Name -> Runs, as the tables want them; what they hold was trained, by ours and by the original recipe."""
    ours, theirs = (
        Runs([here(train, path=few_ratings, epochs=2, **options)])
        for train, options in ((koren_mf, {}), (original.on_ratings, {"name": "KorenMF"}))
    )
    names = (rating.OURS, *rating.COMPETITORS, rating.DEFAULT)
    return dict.fromkeys(names, ours) | dict.fromkeys((rating.ORIGINAL, rating.REPAIRED, rating.WRITTEN), theirs)


def test_grown_ratings_are_split_as_the_notebooks_split():
    data = grown(0.05)
    total = sum(map(len, (data.train, data.val, data.test)))
    assert len(data.train) / total == pytest.approx(7 / 8, abs=0.01)
    for part in (data.val, data.test):
        assert np.isin(part.users, data.train.users).all()
        assert np.isin(part.items, data.train.items).all()


def test_the_compiled_step_is_a_step_of_torch():
    rng, lr, l2, rating, mean = np.random.default_rng(0), 0.1, 0.2, 5.0, 3.5
    tables = [rng.normal(size=shape).astype(np.float32) for shape in ((3,), (4,), (3, 2), (4, 2))]
    model = rating_models()["KorenMF"](3, 4, latent_size=2)
    layers = model.umean, model.imean, model.users, model.items
    with torch.no_grad():
        model.gmean.fill_(mean)
        for layer, table in zip(layers, tables, strict=True):
            layer.weight.copy_(torch.from_numpy(table).reshape(layer.weight.shape))
    out, *looked_up, _ = model(torch.tensor([2]), torch.tensor([1]))
    loss = (rating - out).square().sum() + l2 * sum(rows.square().sum() for rows in looked_up)
    (loss / 2).backward()
    compiled.sgd_epoch([0], [2], [1], [rating], mean, *tables, lr, l2)
    for layer, table in zip(layers, tables, strict=True):
        stepped = (layer.weight - lr * layer.weight.grad).detach().numpy().reshape(table.shape)
        np.testing.assert_allclose(table, stepped, rtol=1e-5)


def test_compiling_changes_nothing():
    rng = np.random.default_rng(0)
    ids, ratings = rng.integers(5, size=(2, 40)), rng.integers(1, 6, 40).astype(np.float32)
    results = []
    for epoch in (compiled.sgd_epoch, compiled.compiled(compiled.sgd_epoch)):
        tables = compiled.start(5, 5, 3, np.random.default_rng(1))
        epoch(np.arange(40), *ids, ratings, 3.0, *tables, 0.05, 0.1)
        results.append(tables)
    for plain, fast in zip(*results, strict=True):
        np.testing.assert_allclose(plain, fast, rtol=1e-4, atol=1e-6)


def test_the_original_koren_predicts_what_one_computes_by_hand():
    model = original.KorenMF(2, 2, latent_size=2)
    weights = {"users": [[0, 0], [1, 2]], "items": [[3, 4], [0, 0]], "umean": [[0], [0.5]], "imean": [[-1], [0]]}
    with torch.no_grad():
        for name, values in weights.items():
            getattr(model, name).weight.copy_(torch.tensor(values))
    out, *_ = model(torch.tensor([[1], [0]]), torch.tensor([[0], [1]]))
    assert out.tolist() == [3 + 0.5 - 1 + 1 * 3 + 2 * 4, 3]


def test_the_original_penalty_takes_norms_not_squares():
    assert original.norms([torch.tensor([3.0, 4.0]), torch.tensor([2.0])]).item() == pytest.approx(7 * original.L2)


@pytest.mark.parametrize("name", original.MODELS)
def test_each_original_loop_learns(name, monkeypatch):
    data = Few(load_data(max_words=500, quiet=True))
    learned = original.train(name, data, epochs=3).val[-1]
    monkeypatch.setattr(original, "LR", 0)
    assert learned < original.train(name, data, epochs=1).val[-1]


class Few:
    """A few reviews of ReviewData."""

    def __init__(self, data):
        self.train, self.val, self.test = data.train[:1600], data.train[:200], data.test[:50]
        self.nb_users, self.nb_items, self.dic_size = data.nb_users, data.nb_items, data.dic_size


def test_validation_is_not_timed():
    class Clock:
        cpu = wall = 0
        stop, start = (lambda self, what=what: seen.append(what) for what in ("stop", "start"))

    seen = []
    val = Pausing(["batch"], Clock())
    for batch in val:
        seen.append(batch)
    assert seen == ["stop", "batch", "start"]
    assert len(val.cpu) == len(val.wall) == 1


def test_a_process_that_fails_says_why(tmp_path):
    with pytest.raises(RuntimeError, match=r"compiled_loop failed(.|\n)*No such file"):
        in_a_process(compiled.compiled_loop, path=str(tmp_path / "none.npz"))


def test_a_process_tells_its_own_memory_alone():
    ballast = np.ones(50_000_000)  # 400 MB, of which the process that is measured must know nothing
    result = in_a_process(dict, answer=42)
    assert result["answer"] == 42
    assert 1 < result["peak"] < ballast.nbytes / 2**20


def test_the_table_has_a_row_for_everybody(runs, few_ratings):
    data = Ratings.load(few_ratings)
    table = rating.side_by_side(data, runs, runs, 2.0, rating.notes(runs, runs, 2.0, {rating.SURPRISE: {"k": 8}}))
    assert [row[0] for row in table.rows] == ["the mean", *runs]
    assert all(len(row) == len(table.headings) for row in table.rows)
    assert [target.reached for target in rating.targets(runs, error=0.0)] == [None, True, True, None]


def test_an_epoch_is_measured_at_each_size(few_ratings, monkeypatch):
    monkeypatch.setattr(growth, "grown_file", lambda times: few_ratings)
    monkeypatch.setattr(growth, "in_a_process", here)
    train = partial(koren_mf, lr=0.01, epochs=1)
    table, targets, found = growth.growth({"ours": train}, (1, 2))
    assert [row[0] for row in table.rows] == [growth.OURS, growth.FIXED, "ours"]
    assert all(len(row) == len(table.headings) for row in table.rows)
    assert all(len(seconds) == 2 for seconds in found["seconds"].values())
    assert len(targets) == 2


def test_the_report_says_what_was_missed_and_shows_the_pictures(runs, tmp_path, capsys):
    seconds = {"ours": 0.2, "theirs": 0.1, "never": None}
    table = Table("Side by side", ("model", "s"), list(seconds.items()), ("A note.",))
    drawn = (
        partial(pictures.to_error, error=1.1, seconds=seconds),
        partial(pictures.growth, nb_ratings=[10, 100], seconds={"ours": [0.1, 1.0]}),
    )
    targets = [at_most("fast", 1, 2.0), at_least("faster", 1, 2.0), at_most("unknown", 1, None)]
    path = write_report([Part("Ratings", [table], targets, drawn)], tmp_path / "bench")
    text, printed = path.read_text(encoding="utf-8"), capsys.readouterr().out
    assert "| fast | at most 1 × | 2.000 × | MISSED |" in text
    assert "| faster | at least 1 × | 2.000 × | reached |" in text
    assert "| unknown | at most 1 × | not measured | unknown |" in text
    assert "| never | – |" in text
    assert "![Dot chart “CPU seconds to a validation error of 1.100”: theirs 0.1 s and ours 0.2 s." in text
    assert "Not reached by: never." in text
    assert "cores" in text
    assert f"torch {torch.__version__}" in text
    for part in ("MISSED", "Side by side", "A note."):
        assert part in printed
    for name in ("seconds_to_error.png", "growth.png"):
        assert (path.parent / name).read_bytes().startswith(b"\x89PNG")


def test_pandas_and_polars_make_the_same_batch_as_we(tmp_path, monkeypatch):
    path = tmp_path / "reviews.json.gz"
    write_reviews(path, nb_reviews=1_000, nb_users=100, nb_items=80)
    monkeypatch.setenv("RECSYS_REVIEWS", "put back afterwards")
    words = {way: here(way, path=str(path))["words"] for way in (ours, with_pandas, with_polars)}
    assert len(set(words.values())) == 1
    assert words[ours] > 1_000


def test_counting_words_leaves_the_reviews_as_they_are():
    from benchmarks.ridge import counts

    reviews = Reviews([0, 1], [0, 0], [5, 1], words=[3, 2, 3, 1], offsets=[0, 3, 4])
    for _ in range(2):
        assert counts(reviews, 4).toarray().tolist() == [[0, 0, 1, 2], [0, 1, 0, 0]]


@pytest.mark.long
def test_lists_are_measured_and_bpr_is_above_the_popular_list(run):
    done = run("benchmarks", "ranking", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0]) == ["model", "recall", "ndcg", "coverage", "seconds"]
    recall = {row["model"]: float(row["recall"]) for row in rows}
    assert recall["koren"] < recall["popular"] < recall["bpr"] - 0.02
    assert recall["bpr"] < recall["perfect"]


def test_a_model_s_seeds_become_a_line_of_their_means():
    runs = [(Measured(0.1, 0.2, 0.5, None), 1.0), (Measured(0.2, 0.4, 0.5, None), 2.0)]
    text = io.StringIO()
    ranking.write_csv({"popular": runs[:1], "bpr": runs}, text)
    assert text.getvalue() == (
        "model,recall,ndcg,coverage,seconds\npopular,0.1000,0.2000,0.5000,1.00\nbpr,0.1500,0.3000,0.5000,1.50\n"
    )
