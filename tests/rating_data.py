"""Small data for the exercise that trains KorenMF: ratings in which biases explain a good half."""

from types import SimpleNamespace

import numpy as np
import torch

from helpers.batches import rating_loaders
from helpers.reviews import Reviews
from helpers.training import fit

NB_USERS, NB_ITEMS = 60, 40


def leave_ratings(names):
    """Add to `names`, which hold ClassicMF and mf_step, what notebook 2 leaves behind when it has trained ClassicMF."""
    data = draw_data()
    train_loader, val_loader, test_loader = rating_loaders(data, nb_batches=4)
    names |= {"nb_users": NB_USERS, "nb_items": NB_ITEMS, "data": data, "train_mean": data.mean, "fit": fit}
    names |= {"train_loader": train_loader, "val_loader": val_loader, "test_loader": test_loader}
    torch.manual_seed(0)
    classic = names["ClassicMF"](NB_USERS, NB_ITEMS, latent_size=16)
    classic.mean.data.fill_(data.mean)
    history = fit(classic, names["mf_step"], train_loader, val_loader)
    mean_error = float(((data.val.ratings - data.mean) ** 2).mean())
    names["baselines"] = {"ClassicMF": min(history.val), "the mean": mean_error}


def draw_data():
    """Return the numbers of users and items, the mean, and training, validation and test reviews without words."""
    rng = np.random.default_rng(0)
    user_biases, item_biases = rng.normal(0, 0.6, NB_USERS), rng.normal(0, 0.6, NB_ITEMS)

    def draw(count):
        users, items = rng.integers(NB_USERS, size=count), rng.integers(NB_ITEMS, size=count)
        ratings = 4 + user_biases[users] + item_biases[items] + rng.normal(0, 0.7, count)
        return Reviews(users, items, ratings, [], np.zeros(count + 1))

    train, val, test = draw(1200), draw(300), draw(300)
    mean = float(train.ratings.mean())
    return SimpleNamespace(nb_users=NB_USERS, nb_items=NB_ITEMS, train=train, val=val, test=test, mean=mean)
