"""KorenMF beside other libraries' matrix factorization: same split, the same number of configurations for each.

Each configuration is judged on validation; the test error is read for the chosen one alone. Peers: the SVD of
scikit-surprise (Hug, 2020) and the MF of cornac (Salah, Truong and Lauw, 2020), both with biases, as Koren's.
"""

import itertools
import time

import numpy as np
import torch

from benchmarks.notebook_models import rating_models
from helpers.batches import rating_loaders
from helpers.data import load_data
from helpers.training import fit

GRIDS = {
    "KorenMF (ours)": {"latent_size": (8, 16, 32), "lr": (0.005, 0.01), "l2": (0.2, 0.3, 0.4)},
    "surprise SVD": {"n_factors": (10, 25, 50), "n_epochs": (20, 40), "reg_all": (0.05, 0.1, 0.2)},
    "cornac MF": {"k": (8, 16, 32), "max_iter": (25, 75), "lambda_reg": (0.05, 0.1, 0.2)},
}


def mse(predicted, reviews):
    """Return the mean squared error of `predicted` ratings (N,), clipped to nothing, on encoded `reviews`."""
    return float(np.mean((np.asarray(predicted) - reviews.ratings) ** 2))


def koren(data, latent_size, lr, l2):
    """Train the KorenMF of notebook 2; return a function from reviews to predictions."""
    models = rating_models()
    models["l2"] = l2
    torch.manual_seed(0)
    model = models["KorenMF"](data.nb_users, data.nb_items, latent_size=latent_size)
    with torch.no_grad():
        model.gmean.fill_(data.mean)
    train_loader, val_loader, _ = rating_loaders(data, batch_size=1024)
    fit(model, models["mf_step"], train_loader, val_loader, lr=lr)
    device = model.gmean.device

    def predict(reviews):
        with torch.no_grad():
            users, items = (torch.from_numpy(ids).to(device) for ids in (reviews.users, reviews.items))
            return model(users, items)[0].cpu().numpy()

    return predict


def surprise_svd(data, **options):
    """Train scikit-surprise's SVD; return a function from reviews to predictions."""
    from surprise import SVD, Dataset, Reader

    triples = zip(data.train.users.tolist(), data.train.items.tolist(), data.train.ratings.tolist(), strict=True)
    dataset = Dataset(Reader(rating_scale=(1, 5)))
    trainset = dataset.construct_trainset([(user, item, rating, None) for user, item, rating in triples])
    model = SVD(random_state=0, **options).fit(trainset)
    return lambda reviews: [
        model.predict(user, item, clip=False).est for user, item in zip(reviews.users, reviews.items, strict=True)
    ]


def cornac_mf(data, **options):
    """Train cornac's MF; return a function from reviews to predictions."""
    from cornac.data import Dataset
    from cornac.models import MF

    triples = zip(data.train.users.tolist(), data.train.items.tolist(), data.train.ratings.tolist(), strict=True)
    trainset = Dataset.build(list(triples), seed=0)
    model = MF(use_bias=True, seed=0, num_threads=1, **options).fit(trainset)
    users, items = trainset.uid_map, trainset.iid_map
    return lambda reviews: [
        model.rate(users[user], items[item], clipping=False)
        for user, item in zip(reviews.users.tolist(), reviews.items.tolist(), strict=True)
    ]


def peers():
    """Tune each model on validation, and print the chosen configurations with their errors and training seconds."""
    data = load_data()
    trainers = dict(zip(GRIDS, (koren, surprise_svd, cornac_mf), strict=True))
    print(f"{'the mean':16} validation {mse(data.mean, data.val):.4f}  test {mse(data.mean, data.test):.4f}")
    for name, trainer in trainers.items():
        runs = [timed(trainer, data, options) for options in configurations(GRIDS[name])]
        val, seconds, predict, options = min(runs, key=lambda run: run[0])
        total = sum(run[1] for run in runs)
        print(
            f"{name:16} validation {val:.4f}  test {mse(predict(data.test), data.test):.4f}  {seconds:.2f} s; "
            f"best of {len(runs)} in {total:.0f} s: {options}"
        )


def configurations(grid):
    """Return all combinations of a grid's values, as dicts."""
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def timed(trainer, data, options):
    """Train once; return validation error, seconds, the predictor, and the options."""
    start = time.perf_counter()
    predict = trainer(data, **options)
    seconds = time.perf_counter() - start
    return mse(predict(data.val), data.val), seconds, predict, options
