"""The check of a trained `KorenMF`."""

from collections.abc import Callable
from inspect import signature
from math import nan
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from exercises.kit.embeddings import check_layers
from exercises.kit.expect import check, same, say
from exercises.kit.factorization import mean_squared_error
from exercises.kit.given.refusals import StillToDo, Wrong
from exercises.kit.modules import parameter
from exercises.kit.notebook import names_of
from exercises.kit.specs import KOREN
from helpers.training import History

LATENT_SIZE = 16
NOTHING_TO_SHOW = (
    "  It was trained as asked. Whether it is better than others, these {} validation reviews cannot show:\n"
    "  they are too few, or too little in them can be foreseen."
)


class Call(NamedTuple):
    """What `fit` was given, and what it returned."""

    model: nn.Module
    start: float  # of `gmean`
    step: Callable
    train: object
    val: object
    epochs: int
    history: History


@check("koren-fit")
def koren_fit(koren, data, errors, train_koren):
    """Check that `koren` is a KorenMF of 16 factors, trained as asked, with a validation MSE below all of `errors`.

    The model is measured itself; no history is read. How it was trained is seen by calling `train_koren` once more,
    with a `fit` that notes what it is given and trains nothing.
    """
    check_fit(koren, data, errors)
    check_training(train_koren)
    return None if can_show(data, errors) else NOTHING_TO_SHOW.format(len(data.val.ratings))


def check_fit(koren, data, errors):
    """Refuse anything but a trained KorenMF that beats all of `errors` on the validation reviews of `data`."""
    if koren is ...:
        raise StillToDo("replace the `...` in `train_koren`.")
    if isinstance(koren, type):
        raise Wrong("`koren` is the class itself, expected a model that was built from it and trained.")
    if not isinstance(koren, nn.Module):
        kind = "None" if koren is None else f"of type {type(koren).__name__}"
        raise Wrong(
            f"`koren` is {kind}, expected a KorenMF.\n  `train_koren` returns first the model, then its history."
        )
    if not hasattr(koren, "umean"):
        raise Wrong(f"`koren` is a {type(koren).__name__} without biases, expected a KorenMF.")
    factors = getattr(koren.users, "embedding_dim", LATENT_SIZE)
    if factors != LATENT_SIZE:
        raise Wrong(f"`koren` has {factors} latent factors, expected {LATENT_SIZE}.")
    check_layers(koren, KOREN, data.nb_users, data.nb_items, LATENT_SIZE)
    for name in [*(f"{table.layer}.weight" for table in KOREN.tables), KOREN.mean]:
        weight = parameter(koren, name)
        if weight is not None and not weight.requires_grad:
            raise Wrong(f"`koren.{name}` is frozen: its `requires_grad` is False, so that it could not learn.")
    if can_show(data, errors):
        check_learned(koren, data, errors)
        check_learned_from_training(koren, data)
    else:
        check_moved(koren, data)


def can_show(data, errors):
    """Whether the validation reviews tell a KorenMF from a model that knows less.

    They do if biases alone, reckoned as damped means, foretell them better than all of `errors`, and not by chance.
    """
    train, val, mean = data.train, data.val, float(data.train.ratings.mean())
    items = damped_means(train.items, train.ratings - mean, data.nb_items)
    users = damped_means(train.users, train.ratings - mean - items[train.items], data.nb_users)
    squares = (val.ratings - mean - items[val.items] - users[val.users]) ** 2
    gains = (val.ratings - mean) ** 2 - squares
    by_chance = gains.std() / max(len(gains), 1) ** 0.5
    return bool(gains.mean() > 2 * by_chance and squares.mean() < 0.99 * min(errors.values()))


def damped_means(ids, left, count, damping=5):
    """Return for each of `count` ids the mean of what is left of its ratings, as if there were some more of 0."""
    sums, times = (np.bincount(ids, weights, minlength=count) for weights in (left, None))
    return sums / (times + damping)


def check_moved(koren, data):
    """Refuse a model that has learned nothing of the training reviews."""
    mean = float(((data.train.ratings - data.train.ratings.mean()) ** 2).mean())
    if mean > 0 and not (koren.umean.weight.any() and mean_squared_error(koren, data.train) < mean):
        raise Wrong(
            "`koren` does not know the training reviews better than their mean does: was it trained?\n"
            "  Is it `koren` that you gave to `fit`, with its usual learning rate?"
        )


def check_training(train_koren):
    """Refuse a `train_koren` that starts, trains or chooses its model otherwise than asked."""
    names = names_of(train_koren)
    returned, calls = without_training(train_koren, names)
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        came = "nothing" if returned is None else f"something of type {type(returned).__name__}"
        raise Wrong(
            f"`train_koren` returns {came}, expected a model and its history; the `koren` judged here is of an earlier "
            "run.\n  Mend it, then run the cell that calls it again."
        )
    model, history = returned
    theirs = [call for call in calls if call.model is model]
    if not theirs:
        raise Wrong("`train_koren` never gives to `fit` the model that it returns.")
    call = next((call for call in theirs if call.history is history), None)
    if call is None:
        raise Wrong("the history that `train_koren` returns is not that of its model: return what `fit` returned.")
    if not abs(theirs[0].start - float(names["train_mean"])) < 0.01:  # nor without any `gmean`
        raise Wrong(
            f"`gmean` starts at {theirs[0].start:.3g} when `fit` is called, expected at the mean of the training "
            f"ratings, `train_mean`, {float(names['train_mean']):.3g}."
        )
    loaders = {name: names[name] for name in ("train_loader", "val_loader", "test_loader") if name in names}
    for what, came, wanted in [("learns from", call.train, "train_loader"), ("chooses with", call.val, "val_loader")]:
        if came is not loaders[wanted]:
            other = next((f"`{name}`" for name, loader in loaders.items() if loader is came), "something else")
            raise Wrong(f"`fit` {what} {other} here, expected `{wanted}`. The test reviews are read once, at the end.")
    if call.epochs < 2:
        raise Wrong("`fit` trains for a single epoch here: leave `epochs` at its default.")
    check_step(call)


def without_training(train_koren, names):
    """Return what `train_koren` returns where the notebook's `fit` trains nothing, and the Calls of that `fit`."""
    fit, calls = names["fit"], []

    def note(*arguments, **keywords):
        given = signature(fit).bind(*arguments, **keywords)
        given.apply_defaults()
        model, *others = (given.arguments[name] for name in ("model", "step", "train", "val", "epochs"))
        history = History()
        history.add(1.0, 1.0)
        start = float(model.gmean.detach()) if hasattr(model, "gmean") else nan
        calls.append(Call(model, start, *others, history))
        return history

    names["fit"] = note
    try:
        return train_koren(), calls
    finally:
        names["fit"] = fit


def check_step(call):
    """Refuse a step that reports something else than the mean squared error."""
    device = next(call.model.parameters()).device
    batch = [part.to(device) for part in next(iter(call.val))]  # to read the other would change its order
    with torch.no_grad():
        _, error = call.step(call.model, batch)
        expected = (call.model(*batch[:2])[0] - batch[3]).square().mean()
    if not same(error, expected.cpu()):
        raise Wrong(
            f"the step that `fit` is given reports {say(error)}, where the mean squared error is {say(expected)}.\n"
            "  `fit` chooses the epoch by what the step reports: `mf_step` returns the loss, then the mse."
        )


def check_learned(koren, data, errors):
    """Refuse a model whose validation error is not below all of `errors`."""
    mse = mean_squared_error(koren, data.val)
    hint = (
        "Does `gmean` start at the mean of the training ratings, and do the biases start near 0?\n"
        "  Is it `koren` that you gave to `fit`, for enough epochs and with its usual learning rate?"
    )
    if not koren.umean.weight.any():
        hint = "All its user biases are still 0: was it trained? Is it `koren` that you gave to `fit`?"
    for name, error in errors.items():
        if not mse < error:
            raise Wrong(
                f"the validation error of `koren` is {mse:.3f}, not below that of {name}, {error:.3f}.\n  {hint}"
            )


def check_learned_from_training(koren, data):
    """Refuse a model that knows the validation reviews better than those it should have learned from."""
    train, val = (1 - mean_squared_error(koren, part) / part.ratings.var() for part in (data.train, data.val))
    if val > train + 0.05:
        raise Wrong(
            f"`koren` explains {val:.0%} of the variance of the ratings in the validation reviews, "
            f"{train:.0%} in the training reviews.\n"
            "  Did it learn from validation reviews? `fit` takes first train_loader to learn from, then val_loader."
        )
