"""Small data in the place of a notebook's own, so that an answer can be tried without the whole session."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from exercises.kit.specs import Model
from helpers.batches import rating_loaders
from helpers.reviews import Reviews
from helpers.training import fit

NB_USERS, NB_ITEMS = 60, 40


def vocabulary() -> dict[str, Any]:
    """Return the names of a small vocabulary: `dic_size`, larger than it is, and `inv_word_dic`."""
    return {"dic_size": 500, "inv_word_dic": ["pad", "unk"] + [f"word{n}" for n in range(2, 200)]}


def after_classic(ClassicMF: type[Model], mf_step: Callable[..., tuple[torch.Tensor, torch.Tensor]]) -> dict[str, Any]:
    """Return the names that notebook 2 leaves behind when it has trained ClassicMF, for ratings full of biases."""
    data = draw_ratings()
    train_loader, val_loader, test_loader = rating_loaders(data, nb_batches=4)
    names = {"nb_users": NB_USERS, "nb_items": NB_ITEMS, "data": data, "train_mean": data.mean, "fit": fit}
    names |= {"train_loader": train_loader, "val_loader": val_loader, "test_loader": test_loader}
    torch.manual_seed(0)
    classic = ClassicMF(NB_USERS, NB_ITEMS, latent_size=16)
    classic.mean.data.fill_(data.mean)
    history = fit(classic, mf_step, train_loader, val_loader)
    mean_error = float(((data.val.ratings - data.mean) ** 2).mean())
    return names | {"baselines": {"ClassicMF": min(history.val), "the mean": mean_error}}


def draw_ratings() -> SimpleNamespace:
    """Return the numbers of users and items, the mean, and training, validation and test reviews without words."""
    rng = np.random.default_rng(0)
    user_biases, item_biases = rng.normal(0, 0.6, NB_USERS), rng.normal(0, 0.6, NB_ITEMS)

    def draw(count: int) -> Reviews:
        users, items = rng.integers(NB_USERS, size=count), rng.integers(NB_ITEMS, size=count)
        ratings = 4 + user_biases[users] + item_biases[items] + rng.normal(0, 0.7, count)
        return Reviews(users, items, ratings, [], np.zeros(count + 1))

    train, val, test = draw(1200), draw(300), draw(300)
    mean = float(train.ratings.mean())
    return SimpleNamespace(nb_users=NB_USERS, nb_items=NB_ITEMS, train=train, val=val, test=test, mean=mean)
