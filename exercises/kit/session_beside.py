"""An answer beside the solution in what the session does with it: sizes, data, optimizer and training are its own."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from exercises.kit.comparison import BATCH, ITEMS, USERS, weight_of
from exercises.kit.embeddings import check_start
from exercises.kit.expect import given
from exercises.kit.given.refusals import Wrong
from exercises.kit.given.session import Batch, fitted, one_epoch
from exercises.kit.specs import Model, ModelSpec

LATENT = 16
MOST_AWAY = 0.05  # of the way that a weight went: far more than rounding, which Adam may turn into a step
EPOCHS = 2  # of these, the first is the best


def where_it_is(answer: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of `given.session`, to be called where the answer is: in marking, a proxy leads there."""
    examination = getattr(answer, "examination", None)
    return examination.given(function.__name__) if examination else function


def session_sizes(draw: random.Random) -> tuple[int, int, int]:
    """Return numbers of users and items, and a latent size, as the session's largest files have them."""
    return draw.randint(5_000, USERS), draw.randint(1_600, ITEMS), LATENT


def rating_batches(nb_users: int, nb_items: int, sizes: Sequence[int]) -> list[Batch]:
    """Return batches of these sizes, of reviews without words, most of which please."""
    return [
        (torch.randint(nb_users, (size,)), torch.randint(nb_items, (size,)), torch.empty(size, 0, dtype=torch.long),
         torch.randint(3, 6, (size,)).float())
        for size in sizes
    ]  # fmt: skip


def compare_training(answer: type[Model], solution: type[Model], draw: random.Random, spec: ModelSpec) -> None:
    """Refuse a model that does not start, or does not become with `fit`, what the solution does from the same start.

    The ratings for validation are the opposite of those to learn from, so that the best epoch is not the last.
    """
    sizes = session_sizes(draw)
    theirs, ours = answer(*sizes), solution(*sizes)
    check_start(theirs, spec)
    start = align(ours, theirs)
    batches = rating_batches(*sizes[:2], [draw.randint(1_950, BATCH) for _ in range(2)])
    opposite = [(*inputs, 6 - ratings) for *inputs, ratings in batches[:1]]
    lr = draw.uniform(0.01, 0.03)
    with given(f"`fit` and {EPOCHS} epochs"):
        came = where_it_is(theirs, fitted)(theirs, batches, opposite, EPOCHS, lr)
    expected = fitted(ours, batches, opposite, EPOCHS, lr)
    about = "`fit` relies on what nn.Module has, parameters(), to(), state_dict() and load_state_dict(), and on every\n"
    about += "  gradient, however small: is one of them changed, or does the model predict otherwise while it learns?"
    refuse_other_ends(theirs, ours, start, about)
    refuse_other_errors(came, expected, "validation errors", about)


def compare_loops(
    answer: Callable[..., float], solution: Callable[..., float], kinds: tuple[type[Model], ...], draw: random.Random
) -> None:
    """Refuse a `run_epoch` that makes anything else of the notebook's own model than the solution does.

    kinds: the class of the model, theirs and ours. A last batch is small, as in the session.
    """
    sizes = session_sizes(draw)
    theirs, ours = (kind(*sizes) for kind in kinds)
    start = align(ours, theirs)
    batches = rating_batches(*sizes[:2], [draw.randint(1_950, BATCH), draw.randint(1_950, BATCH), draw.randint(2, 900)])
    lr = draw.uniform(0.005, 0.03)
    with given("a model of the notebook's and Adam"):
        came = where_it_is(answer, one_epoch)(answer, theirs, batches, lr)
    expected = one_epoch(solution, ours, batches, lr)
    about = f"`run_epoch` was given {len(batches)} batches of up to {BATCH:,} reviews, a model of the notebook's, and"
    about += "\n  torch.optim.Adam, as `fit` gives them: does it do the same for any model, batch and optimizer?"
    refuse_other_ends(theirs, ours, start, about)
    refuse_other_errors(came, expected, "mean errors", about)


def align(ours: Model, theirs: Model) -> dict[str, torch.Tensor]:
    """Let our model begin where theirs does; return copies of these weights, by name."""
    with torch.no_grad():
        for name, weight in ours.named_parameters():
            weight.copy_(weight_of(theirs, name))
    return {name: weight.detach().clone() for name, weight in ours.named_parameters()}


def refuse_other_ends(theirs: Model, ours: Model, start: Mapping[str, torch.Tensor], about: str) -> None:
    """Refuse weights that training has brought elsewhere than ours, measured by the way that ours went."""
    for name, weight in ours.named_parameters():
        away = (weight_of(theirs, name).detach() - weight.detach()).abs().mean()
        way = (weight.detach() - start[name]).abs().mean()
        if not away <= MOST_AWAY * way:
            raise Wrong(f"after training, `{name}` of the model is not where it should be.\n  {about}")


def refuse_other_errors(came: list[float], expected: list[float], what: str, about: str) -> None:
    """Refuse errors that were reported and are others than ours."""
    if len(came) != len(expected) or not all(abs(a - b) <= 1e-3 * b for a, b in zip(came, expected, strict=True)):
        raise Wrong(f"the {what} are {came}, expected {expected}.\n  {about}")
