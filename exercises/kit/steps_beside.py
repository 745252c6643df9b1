"""Training steps beside the solution's, on the notebook's own model: loss, error, and the effect of going back."""

import random
from typing import Any

import torch

from exercises.kit.comparison import compare_gradients, expect_same, modes, texts, twins, weight_of
from exercises.kit.expect import given
from exercises.kit.given.refusals import Wrong
from exercises.kit.notebook import names_of
from exercises.kit.steps import expect_two


def compare_steps(
    answer: Any, solution: Any, model: str, sizes: tuple[int, ...], size: tuple[int, int], draw: random.Random
) -> None:
    """Refuse a step that returns, pushes or changes anything else than the solution's, on a model of the notebook's.

    model: the name of its class. sizes: what it is built with; the third is the dic_size. size: of the batch, reviews
    and words. The step is called for training and not, with gradients and without, in random order.
    """
    nb_users, nb_items, dic_size, *_ = sizes
    ours, theirs = twins(names_of(answer)[model], names_of(solution)[model], sizes, scale=draw.choice([0.1, 0.5]))
    reviews = texts(*size, dic_size)
    reviews[:, 0] = reviews[:, 0].clamp(min=1)
    users, items = torch.randint(nb_users, size[:1]), torch.randint(nb_items, size[:1])
    batch = users, items, reviews, torch.randint(1, 6, size[:1]) * 1.0
    for training, gradients in modes(draw):
        order = torch.randperm(size[0])
        compare_step(
            (solution, ours.train(training)),
            (answer, theirs.train(training)),
            [part[order] for part in batch],
            gradients,
        )


def compare_step(ours: Any, theirs: Any, batch: list[torch.Tensor], gradients: bool) -> None:
    """Compare two pairs of a step and a model on one batch."""
    about, handed_over = f"a batch of {len(batch[0])} reviews and a model of the notebook's", [*map(torch.clone, batch)]
    (step, model), (their_step, their_model) = ours, theirs
    before = [weight.detach().clone() for weight in their_model.parameters()]
    with torch.set_grad_enabled(gradients), given(about):
        expected, came = step(model, [*batch]), expect_two(their_step(their_model, handed_over), step.__name__)
    for name, yours, mine in zip(("loss", "mse"), came, expected, strict=True):
        how = about if gradients else f"{about}, without gradients,"
        expect_same(yours, mine, f"the returned `{name}`", how)
    if len(handed_over) != len(batch) or not all(map(torch.equal, handed_over, batch)):
        raise Wrong(f"for {about}, the batch is changed; whoever calls may still need it.")
    if not all(map(torch.equal, their_model.parameters(), before)):
        raise Wrong(f"for {about}, the model's weights are changed; that is the optimiser's part, in `fit`.")
    if any(weight.grad is not None for weight in their_model.parameters()):
        raise Wrong(f"for {about}, gradients are computed, with .backward(): that is the part of `fit`.")
    if gradients:
        go_back(expected[0])
        go_back(came[0])
        pairs = {name: (weight_of(their_model, name), weight) for name, weight in model.named_parameters()}
        compare_gradients({f"`model.{name}`, from the loss,": pair for name, pair in pairs.items()}, about)
        for weight in [*model.parameters(), *their_model.parameters()]:
            weight.grad = None


def go_back(loss: torch.Tensor) -> None:
    """Compute the gradients of the loss, as `fit` does."""
    if loss.requires_grad:
        loss.backward()
