"""The check of a trained `KorenMF`."""

from torch import nn

from exercises.kit.embeddings import KOREN, check_layers
from exercises.kit.expect import check
from exercises.kit.factorization import mean_squared_error
from exercises.kit.given.refusals import StillToDo, Wrong


@check("koren-fit")
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
