"""Checks of notebook 2."""

import torch
from torch import nn

from helpers.checks.forward import check_columns, check_device, check_forward, check_gradients
from helpers.checks.layers import CLASSIC, KOREN, check_layers, check_start
from helpers.checks.models import expect_module_class
from helpers.checks.verdict import StillToDo, Wrong, exercise, expect_tensor, random_halves

USER_IDS, ITEM_IDS = torch.tensor([0, 1, 0, 2]), torch.tensor([1, 1, 0, 2])
HAND_MADE = {
    "users.weight": [[1.0, 2.0], [2.0, -1.0], [0.0, 1.0]],
    "items.weight": [[1.0, 0.0], [3.0, 4.0], [-1.0, 2.0], [5.0, 5.0]],
    "umean.weight": [[0.5], [-1.0], [2.0]],
    "imean.weight": [[-0.25], [1.5], [-2.0], [4.0]],
    "mean": [3.0],
    "gmean": [3.0],
}


@exercise("2.1", "predict a rating", points=1)
def classic_mf(ClassicMF):
    """Check `ClassicMF`: out = mean + U_u . I_i."""
    check_model(ClassicMF, CLASSIC)


@exercise("2.2", "add the biases", points=2)
def koren_mf(KorenMF):
    """Check `KorenMF`: out = gmean + umean + imean + U_u . I_i."""
    check_model(KorenMF, KOREN)


@exercise("2.3", "train it", points=1)
def koren_fit(koren, data, errors):
    """Check that `koren` is a trained KorenMF of the sizes of `data` with a validation MSE below all of `errors`.

    Everything is measured here, on the model itself; no history is read. What cannot be seen from the model is whether
    the test reviews chose the epoch, or whether some validation reviews were learned besides the training reviews.
    """
    check_fit(koren, data, errors)


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
    check_layers(koren, KOREN, data.nb_users, data.nb_items)
    check_learned(koren, data, errors)
    check_learned_from_training(koren, data)


def check_model(kind, design):
    """Check a factorization model on a hand-made example, on random ones, and in how it treats its weights."""
    expect_module_class(kind, design.name)
    model = build(kind, design, nb_users=3, nb_items=4, latent_size=2)
    model.load_state_dict({key: torch.tensor(value) for key, value in HAND_MADE.items()}, strict=False)
    check_forward(model, design, USER_IDS, ITEM_IDS)
    check_columns(model, design, USER_IDS, ITEM_IDS)
    for batch, latent in [(5, 4), (1, 3), (6, 1), (1, 1)]:
        model = build(kind, design, nb_users=4, nb_items=7, latent_size=latent)
        with torch.no_grad():
            for weight in model.parameters():
                weight.copy_(random_halves(*weight.shape))
        check_forward(model, design, torch.randint(4, (batch,)), torch.randint(7, (batch,)))
        check_gradients(model, design)
    check_device(model, design)
    check_start(build(kind, design, nb_users=50, nb_items=60, latent_size=16), design)


def build(kind, design, nb_users, nb_items, latent_size):
    """Return a new model, after a look at its layers."""
    model = kind(nb_users, nb_items, latent_size)
    check_layers(model, design, nb_users, nb_items, latent_size)
    return model


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


def mean_squared_error(model, reviews):
    """Return the mean squared error of `model` on encoded `reviews`; the model stays as it is."""
    device, training = next(model.parameters()).device, model.training
    users, items, ratings = (
        torch.as_tensor(part).to(device) for part in (reviews.users, reviews.items, reviews.ratings)
    )
    model.eval()
    with torch.no_grad():
        out = model(users, items)[0]
    model.train(training)
    expect_tensor(out, tuple(ratings.shape), "the prediction of `koren`", "KorenMF.forward")
    return (out - ratings).square().mean().item()
