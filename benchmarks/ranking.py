"""Lists of ten items for every user, on test: notebook 5's models beside the popular list and other libraries' models.

Ours are the notebook's own code. The others are cornac's BPR (Salah, Truong and Lauw, 2020) and implicit's alternating
least squares (Hu, Koren and Volinsky, 2008) and BPR; each is trained with a few settings, and the one with the best
recall on validation is shown. Seconds are CPU seconds of the training that is shown.
"""

import csv as csv_file
import importlib.util
import statistics
import sys
from itertools import product
from typing import NamedTuple

import numpy as np
import torch

from benchmarks.measuring import Clock
from benchmarks.notebook_models import cells
from helpers.batches import rating_loaders
from helpers.data import load_data
from helpers.factorization import KorenMF, mf_step
from helpers.ranking import Measured, by_model, by_numbers, by_truth, measure, seen_items, top_lists
from helpers.training import fit

BPR_CELLS = ("setup", "bpr-loss", "bpr-weight", "bpr-step")
NB_SEEDS = 5
COLUMNS = ("model", "recall", "ndcg", "coverage", "seconds")


class Run(NamedTuple):
    """A trained model's lists, and what the training took."""

    lists: torch.Tensor
    seconds: float


def ranking(csv=False, nb_seeds=NB_SEEDS, file=sys.stdout):
    """Print what each model's lists are worth on test: a table with the spread over seeds, or CSV of their means.

    Raises DataError where the reviews cannot be used.
    """
    data = load_data(quiet=True)
    torch.set_num_threads(1)  # as the notebooks do
    seen = seen_items(data.train, data.nb_users, data.nb_items)
    rows = {}
    for name, runs in models(data, seen, nb_seeds):
        print(f"{name} ...", file=sys.stderr)
        rows[name] = [(measure(run.lists, data.test, data.nb_items), run.seconds) for run in runs()]
    write_csv(rows, file) if csv else write_table(rows, file)


def write_csv(rows, file):
    """Write a line per model, its numbers the means over the seeds."""
    writer = csv_file.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, runs in rows.items():
        means = [statistics.mean(getattr(measured, column) for measured, _ in runs) for column in COLUMNS[1:4]]
        writer.writerow([name, *(f"{mean:.4f}" for mean in means), f"{statistics.mean(s for _, s in runs):.2f}"])


def write_table(rows, file):
    """Write a line per model: mean recall and NDCG, how far the recalls of its seeds lie apart, coverage, seconds."""
    width = max(map(len, rows)) + 2
    print(" " * width + "recall@10  spread  NDCG@10  coverage  CPU s", file=file)
    for name, runs in rows.items():
        recalls, ndcgs, covered = ([getattr(one, column) for one, _ in runs] for column in COLUMNS[1:4])
        seconds = statistics.mean(seconds for _, seconds in runs)
        print(
            f"{name:{width}}{statistics.mean(recalls):9.4f}{max(recalls) - min(recalls):8.4f}"
            f"{statistics.mean(ndcgs):9.4f}{statistics.mean(covered):10.1%}{seconds:7.2f}",
            file=file,
        )


def models(data, seen, nb_seeds):
    """Yield for each model its name and a function that returns its Runs."""
    seeds = range(nb_seeds)
    counts = torch.bincount(torch.as_tensor(data.train.items), minlength=data.nb_items)
    yield "popular", lambda: [Run(top_lists(by_numbers(counts), seen), 0.0)]
    if (perfect := by_truth(data)) is not None:
        yield "perfect", lambda: [Run(top_lists(perfect, seen), 0.0)]
    yield "koren", lambda: [ours(data, seen, seed, mf_step, data.mean) for seed in seeds]
    step = bpr_step(seen)
    yield "bpr", lambda: [ours(data, seen, seed, step, patience=10) for seed in seeds]
    for library, names in PEERS.items():
        if importlib.util.find_spec(library) is None:
            print(f"{library} is not installed, so its models are left out: make .venv/bench", file=sys.stderr)
            continue
        for name, train, settings in names:
            yield f"{library} {name}", lambda train=train, settings=settings: [best(data, seen, train, settings)]


# --- ours


def bpr_step(seen):
    """Return the `bpr_step` of notebook 5."""
    notebook = cells("05_recommending", BPR_CELLS)
    notebook["seen"] = seen
    return notebook["bpr_step"]


def ours(data, seen, seed, step, start=3.0, patience=5):
    """Return the Run of a KorenMF that `step` trains as notebook 5 does; start: of its mean."""
    torch.manual_seed(seed)
    model = KorenMF(data.nb_users, data.nb_items, 16)
    torch.nn.init.constant_(model.gmean, start)
    train_loader, val_loader, _ = rating_loaders(data, seed=seed)
    with Clock() as clock:
        fit(model, step, train_loader, val_loader, patience=patience)
    return Run(top_lists(by_model(model.cpu()), seen), clock.cpu)


# --- others


def best(data, seen, train, settings):
    """Return the Run with the best recall on validation; `train(data, **setting)` returns score and seconds."""

    def run(values):
        score, seconds = train(data, **dict(zip(settings, values, strict=True)))
        return Run(top_lists(score, seen), seconds)

    runs = [run(values) for values in product(*settings.values())]
    return max(runs, key=lambda one: recall_on_validation(one, data))


def recall_on_validation(run: Run, data) -> float:
    """Return the recall of a Run on the validation reviews."""
    measured: Measured = measure(run.lists, data.val, data.nb_items)
    return measured.recall


def by_tables(users, items, biases=None):
    """Return the score of a model whose vectors are `users` (nb_users, D) and `items` (nb_items, D)."""
    users, items = torch.from_numpy(np.array(users)), torch.from_numpy(np.array(items))
    biases = 0 if biases is None else torch.from_numpy(np.array(biases))
    return lambda ids: users[ids] @ items.T + biases


def cornac_bpr(data, factors, penalty, epochs=100):
    """Train cornac's BPR; return its score, and CPU seconds."""
    from cornac.data import Dataset
    from cornac.models import BPR

    triples = zip(data.train.users.tolist(), data.train.items.tolist(), data.train.ratings.tolist(), strict=True)
    trainset = Dataset.build(list(triples), seed=0)
    model = BPR(k=factors, max_iter=epochs, learning_rate=0.05, lambda_reg=penalty, num_threads=1, seed=0)
    with Clock() as clock:
        model.fit(trainset)
    users = [trainset.uid_map[user] for user in range(data.nb_users)]
    items = [trainset.iid_map[item] for item in range(data.nb_items)]
    return by_tables(model.u_factors[users], model.i_factors[items], model.i_biases[items]), clock.cpu


def implicit_model(kind):
    """Return a function that trains one of implicit's models; it returns its score, and CPU seconds."""

    def train(data, **setting):
        import implicit
        from scipy.sparse import csr_matrix

        ones = np.ones(len(data.train), dtype=np.float32)
        table = csr_matrix((ones, (data.train.users, data.train.items)), shape=(data.nb_users, data.nb_items))
        model = getattr(implicit, kind[0])
        model = getattr(model, kind[1])(num_threads=1, random_state=0, **setting)
        with Clock() as clock:
            model.fit(table, show_progress=False)
        return by_tables(model.user_factors, model.item_factors), clock.cpu

    return train


ALS, BPR = ("als", "AlternatingLeastSquares"), ("bpr", "BayesianPersonalizedRanking")
PEERS = {
    "cornac": [("BPR", cornac_bpr, {"factors": (16, 32), "penalty": (0.003, 0.01, 0.03)})],
    "implicit": [
        ("ALS", implicit_model(ALS), {"factors": (16, 32), "regularization": (1.0, 10.0), "alpha": (1.0, 10.0)}),
        ("BPR", implicit_model(BPR), {"factors": (16, 32), "regularization": (0.01, 0.1), "iterations": (100,)}),
    ],
}
