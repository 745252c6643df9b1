"""The check of `profile_step`: on a small model of its own, the loss, the error, and the gradients."""

import torch

from exercises.kit.expect import check, expect_tensor, expect_values, given, same, say
from exercises.kit.given.fake_models import PROFILE_SIZE as SIZE
from exercises.kit.given.fake_models import ProfileModel
from exercises.kit.given.refusals import Wrong
from exercises.kit.modules import expect_any_device, weights_kept
from exercises.kit.steps import check_mse, expect_two

WHERE = "profile_step"
HAND_MADE = (
    torch.tensor([2, 0, 4]),
    torch.tensor([0, 4, 8]),
    torch.tensor([[4, 4], [4, 0], [3, 5]]),
    torch.tensor([4.0, 3.0, 1.0]),
)


@check("profile-step")
def profile_step(profile_step):
    """Check `profile_step(model, batch)`: -> loss, mse, on a model of the check's own.

    It is tried on a hand-made batch, on random ones, without gradients, and as on a GPU.
    """
    for batch in [HAND_MADE, random_batch(5, 4), random_batch(1, 3), random_batch(6, 1)]:
        check_batch(profile_step, batch)
    with torch.no_grad(), given("no gradients, as for validation"):
        profile_step(ProfileModel().eval(), list(HAND_MADE))
    check_nothing_is_cut_off(profile_step)
    check_device(profile_step)


def check_batch(step, batch):
    """Check a step on one batch: users, items, reviews, ratings; no user is there twice."""
    model, handed_over = ProfileModel(), [tensor.clone() for tensor in batch]
    with weights_kept(model, WHERE, owner="model"), given(f"a batch of {len(batch[0])} reviews"):
        scalars = step(model, handed_over)
    loss, mse = expect_two(scalars, WHERE)
    check_side_effects(model, batch, handed_over)
    check_calls(model, batch)
    check_mse(mse, loss, errors_by_hand(batch) + batch[-1], batch[-1], WHERE)
    check_loss(loss, mse, model, batch)


def random_batch(size, longest):
    """Return users, items, reviews, ratings; no user is there twice."""
    reviews = torch.randint(1, SIZE, (size, longest))
    ratings = torch.randint(1, 6, (size,)) - 0.5  # not whole, for whoever makes them so
    return torch.randperm(SIZE)[:size], torch.randint(SIZE, (size,)), reviews, ratings


def check_side_effects(model, batch, handed_over):
    """Refuse a step that does more than to compute."""
    if model.pushes.grad is not None or any(weight.grad is not None for weight in model.parameters()):
        raise Wrong(
            f"`{WHERE}` computes gradients itself, with .backward().\n"
            "  That is the training loop's part: a step returns the loss, and `fit` does the rest."
        )
    if len(handed_over) != len(batch):
        raise Wrong(f"`{WHERE}` takes something out of the batch, or puts something in; the next epoch still needs it.")
    for name, value, came in zip(["users", "items", "reviews", "ratings"], batch, handed_over, strict=True):
        if not (isinstance(came, torch.Tensor) and torch.equal(value, came)):
            raise Wrong(f"`{WHERE}` changes the `{name}` of the batch, which the next epoch still needs.")


def check_calls(model, batch):
    """Refuse a step that does not ask the model, or gives it other things than users, items and reviews."""
    if not model.calls:
        raise Wrong(f"`{WHERE}` never calls `model`.\n  Its predictions come from the model and the batch it is given.")
    names = ["users", "items", "reviews"]
    for (part, came), expected in zip(model.calls[0].items(), batch, strict=False):
        others = [name for name, value in zip(names, batch, strict=False) if torch.equal(value, came)]
        if others and not torch.equal(came, expected):
            raise Wrong(
                f"the model is given the {others[0]} as its `{part}`.\n"
                "  It takes users, items and reviews, in this order."
            )


def errors_by_hand(batch):
    """Return by how much the fake model's predictions are above the ratings: (B,)."""
    user, item, text, rating = batch
    return user / 2 - item / 4 + text.sum(1) / 2 - rating


def check_loss(loss, mse, model, batch):
    """Refuse `loss` unless it is the mean squared error, plus some regularisation or none; judged by its gradients."""
    one_number = "The loop minimises one number: take the mean over the batch."
    expect_tensor(loss, (), "the returned `loss`", WHERE, [(None, one_number)])
    users, errors = batch[0], errors_by_hand(batch)
    gradients = gradients_of(loss, {"predictions": model.pushes, **dict(model.named_parameters())})
    expected, gradient = 2 * errors / len(errors), gradients.pop("predictions")[users]
    if expected.any() and not gradient.any():
        raise Wrong(
            "no gradient of the loss reaches the predictions, so no model learns from it.\n"
            "  Is the mse in it? Or was it cut off by .detach(), .item() or torch.no_grad()?"
        )
    mistakes = [
        ("The squares are summed over the batch: then the learning rate depends on its size.", expected * len(errors)),
        ("The sign is wrong: `fit` makes the loss small.", -expected),
        ("The root of the mse has the same minimum, but other gradients.", expected / (2 * mse.detach().sqrt())),
        ("These are the gradients of the errors without their squares.", errors.sign() / len(errors)),
    ]
    example = (
        f"For errors {say(errors)} it should be 2 · error / {len(errors)}: {say(expected)}. It is {say(gradient)}."
    )
    expect_values(gradient, expected, "the gradient that the loss sends to the predictions", example, mistakes)
    if not loss > mse - 1e-4:
        raise Wrong(
            f"the loss, {say(loss)}, is smaller than the mse, {say(mse)}.\n"
            "  What is added to keep the weights small must grow with them: is it subtracted, or not squared?"
        )
    check_regularisation(gradients, model)
    check_rows(gradients, batch)


def gradients_of(loss, tensors):
    """Return the gradient of `loss` for each of `tensors`, by name; zeros where none arrives."""
    if not loss.requires_grad:
        return {name: torch.zeros_like(tensor) for name, tensor in tensors.items()}
    gradients = torch.autograd.grad(loss, list(tensors.values()), allow_unused=True, materialize_grads=True)
    return dict(zip(tensors, gradients, strict=True))


def check_regularisation(gradients, model):
    """Refuse a loss that pushes weights away from 0; the fake model's predictions do not depend on its weights."""
    for name, weight in model.named_parameters():
        if (gradients[name] * weight < 0).any():
            raise Wrong(
                f"the loss falls as `model.{name}` moves away from 0, so training would make it ever larger.\n"
                "  What keeps weights small must grow with them: is a term subtracted, divided by, or not squared?"
            )


def check_rows(gradients, batch):
    """Refuse a loss that pushes other rows of a table than all of them or those of the batch."""
    for table, ids in zip(["users", "items"], batch, strict=False):
        pushed = gradients[f"{table}.weight"].any(dim=1).nonzero()[:, 0].tolist()
        if pushed and len(pushed) < SIZE and set(pushed) != set(ids.tolist()):
            raise Wrong(
                f"what is added to the mse pushes rows {pushed} of `model.{table}`, but the batch has {table} "
                f"{sorted(set(ids.tolist()))}.\n  Are users and items, or their penalties, swapped?"
            )


def check_nothing_is_cut_off(step):
    """Refuse a loss that moves with some weight otherwise than its gradient says, or holds a number added to it."""
    model = ProfileModel()
    loss, _ = step(model, list(HAND_MADE))
    gradients = gradients_of(loss, dict(model.named_parameters()))
    for name, weight in model.named_parameters():
        longer, shorter = (loss_with(step, {name: factor}) for factor in (1.02, 0.98))
        moves, pushes = (longer - shorter) / 0.04, (gradients[name] * weight).sum()
        if abs(moves - pushes) > 0.02 * abs(moves) + 2e-4:
            raise Wrong(
                f"the loss grows with `model.{name}`, but its gradient knows nothing of it, or not of all.\n"
                "  Is a penalty cut off by .detach(), .item() or torch.no_grad()? Then it has no effect."
            )
    bare, mse = loss_with(step, dict.fromkeys(gradients, 0)), errors_by_hand(HAND_MADE).square().mean()
    if bare.isfinite() and not same(bare, mse):
        raise Wrong(
            f"if all weights of the model were 0, the loss would be {say(bare)}, where the mse is {say(mse)}.\n"
            "  A number is added that no weight can change: is it meant to be multiplied with a penalty?"
        )


def loss_with(step, factors):
    """Return the loss that `step` gives for a fake model whose weights are multiplied with `factors`, by name."""
    model = ProfileModel()
    with torch.no_grad():
        for name, factor in factors.items():
            model.get_parameter(name).mul_(factor)
        return step(model, list(HAND_MADE))[0]


def check_device(step):
    """Refuse a step that would fail on a GPU."""
    model = ProfileModel()

    def run(device):
        return step(model, [tensor.to(device) for tensor in HAND_MADE])[0]

    expect_any_device(model, run, WHERE, "ratings")
