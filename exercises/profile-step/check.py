"""The check of `profile_step`: on a small model of its own, the loss, the error, and the gradients."""

import torch

from exercises.kit.expect import check, expect_tensor, expect_values, given, random_halves, same, say
from exercises.kit.given.fake_models import MODULO, ProfileModel
from exercises.kit.given.fake_models import PROFILE_SIZE as SIZE
from exercises.kit.given.refusals import Wrong
from exercises.kit.modules import expect_any_device, weights_kept
from exercises.kit.notebook import names_of, number_in, renamed
from exercises.kit.steps import check_mse, expect_same_when_evaluated, expect_two

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

    It is tried on a hand-made batch, on random ones, with other weights of the penalties than the notebook's, without
    gradients, and as on a GPU.
    """
    for batch in [HAND_MADE, random_batch(5, 4), random_batch(1, 3), random_batch(6, 1), random_batch(64, 5)]:
        check_batch(profile_step, batch)
        own = weights_of(names_of(profile_step))
        for weights in [{"word_weight": 0.0, "profile_weight": 0.0}, {"word_weight": 1.5, "profile_weight": 0.25}]:
            with renamed(profile_step, **weights):
                check_batch(profile_step, batch, own)
    check_device(profile_step)


def weights_of(names):
    """Return what the notebook has for the weight of the words, and for that of the profile."""
    return number_in(names, "word_weight"), number_in(names, "profile_weight")


def check_batch(step, batch, typed_in=(0.0, 0.0)):
    """Check a step on one batch: users, items, reviews, ratings; no user is there twice.

    typed_in: the weights that a step has which does not read them from the notebook.
    """
    model, handed_over = new_model(), [tensor.clone() for tensor in batch]
    with weights_kept(model, WHERE, owner="model"), given(f"a batch of {len(batch[0])} reviews"):
        scalars = step(model, handed_over)
    loss, mse = expect_two(scalars, WHERE)
    check_side_effects(model, batch, handed_over)
    check_calls(model, batch)
    check_mse(mse, loss, errors_by_hand(batch) + batch[-1], batch[-1], WHERE)
    check_loss(loss, mse, model, batch, weights_of(names_of(step)), typed_in)
    expect_same_when_evaluated(step, model, batch, scalars, WHERE)


def new_model():
    """Return a model whose weights are numbers that are easy to tell apart; word 0 is padding."""
    model = ProfileModel()
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(random_halves(*weight.shape) / 2)
        model.text_emb.weight[0] = 0
    return model


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
    user, item, text = (ids % MODULO for ids in batch[:3])
    return user / 2 - item / 4 + text.sum(1) / 2 - batch[3]


def check_loss(loss, mse, model, batch, weights, typed_in):
    """Refuse `loss` unless it is the mse and the two penalties with their weights, in value and in gradients."""
    one_number = "The loop minimises one number: take the mean over the batch."
    expect_tensor(loss, (), "the returned `loss`", WHERE, [(None, one_number)])
    tensors = {"predictions": model.pushes, **dict(model.named_parameters())}
    gradients = gradients_of(loss, tensors)
    check_push(gradients.pop("predictions")[batch[0]], mse, errors_by_hand(batch))
    expected, *penalties = loss_by_hand(model, batch, *weights)
    if not same(loss, expected):
        raise Wrong(about_loss(loss, mse.detach(), *weights, *penalties, model, batch, typed_in))
    for name, gradient in gradients_of(expected, tensors).items():
        if name in gradients and not same(gradients[name], gradient).all():
            raise Wrong(
                f"the loss grows with `model.{name}`, but its gradient knows nothing of it, or not of all.\n"
                "  Is a penalty cut off by .detach(), .item() or torch.no_grad()? Then it has no effect."
            )


def check_push(gradient, mse, errors):
    """Refuse a loss that sends another gradient to the predictions than the mse does."""
    expected = 2 * errors / len(errors)
    if expected.any() and not gradient.any():
        raise Wrong(
            "no gradient of the loss reaches the predictions, so no model learns from it.\n"
            "  Is the mse in it? Or was it cut off by .detach(), .item() or torch.no_grad()?"
        )
    mistakes = [
        ("The squares are summed over the batch: then the learning rate depends on its size.", expected * len(errors)),
        ("The sign is wrong: `fit` makes the loss small.", -expected),
        ("The root of the mse has the same minimum, but other gradients.", expected / (2 * mse.detach().sqrt())),
        ("Is the mse halved? It counts once, as it is.", expected / 2),
        ("These are the gradients of the errors without their squares.", errors.sign() / len(errors)),
    ]
    example = (
        f"For errors {say(errors)} it should be 2 · error / {len(errors)}: {say(expected)}. It is {say(gradient)}."
    )
    expect_values(gradient, expected, "the gradient that the loss sends to the predictions", example, mistakes)


def loss_by_hand(model, batch, word_weight, profile_weight):
    """Return the loss of a batch, with its gradients, and the two penalties without their weights."""
    users, items, reviews, _ = batch
    errors = errors_by_hand(batch) + model.pushes[users]
    real, lengths = reviews != 0, model.text_emb.weight.square().sum(dim=1)
    words = ((lengths[reviews] * real).sum(dim=1) / real.sum(dim=1).clamp(min=1)).mean()
    of_user, of_item, _ = model.to_rating.weight[0].chunk(3)
    profile = ((model.users.weight[users] @ of_user) ** 2 + (model.items.weight[items] @ of_item) ** 2).mean()
    loss = errors.square().mean() + words * word_weight + profile * profile_weight
    return loss, words.detach(), profile.detach()


def about_loss(loss, mse, word_weight, profile_weight, words, profile, model, batch, typed_in):
    """Return what is wrong with a loss of another value: how it should be reckoned, and the usual mistakes."""
    expected = mse + words * word_weight + profile * profile_weight
    both, both_times = words * word_weight + profile * profile_weight, word_weight * words * profile_weight * profile
    users, items, *others = batch
    crossed = loss_by_hand(model, (items, users, *others), word_weight, profile_weight)[2]
    sums = f"{say(mse)} + {say(float(word_weight))} · {say(words)} + {say(float(profile_weight))} · {say(profile)}"
    hint = (
        "The two penalties are what `word_penalty(model, reviews)` and `profile_penalty(model, users, items)` return."
    )
    lines = [
        f"the loss has another value than it should: {say(loss)}, expected {say(expected)}.",
        f"  mse + word_weight · words + profile_weight · profile = {sums}.",
    ]
    known = [
        ("Both penalties are missing.", mse),
        ("The penalty on the profile is missing.", mse + word_weight * words),
        ("The penalty on the words is missing.", mse + profile_weight * profile),
        ("A penalty is subtracted: it is added, so that the weights stay small.", mse - both),
        ("The penalty on the words is subtracted.", expected - 2 * word_weight * words),
        ("The penalty on the profile is subtracted.", expected - 2 * profile_weight * profile),
        ("The penalties stand there without their weights, `word_weight` and `profile_weight`.", mse + words + profile),
        ("Each penalty has the weight of the other.", mse + profile_weight * words + word_weight * profile),
        ("The penalties are multiplied; each is added, with its weight.", mse + both_times),
        ("Are users and items swapped in the penalty on the profile?", expected + profile_weight * (crossed - profile)),
        ("The penalties are averaged over the batch already: no further factor.", mse + len(batch[0]) * both),
        ("The penalties are averaged over the batch already: do not divide again.", mse + both / len(batch[0])),
        ("The penalties are added as they are given, without a root.",
         mse + word_weight * words.sqrt() + profile_weight * profile.sqrt()),
        ("The weights are typed in: read `word_weight` and `profile_weight`, which a later cell changes.",
         mse + typed_in[0] * words + typed_in[1] * profile),
        ("A weight is typed in: read `word_weight`, which a later cell changes.",
         expected + (typed_in[0] - word_weight) * words),
        ("A weight is typed in: read `profile_weight`, which a later cell changes.",
         expected + (typed_in[1] - profile_weight) * profile),
    ]  # fmt: skip
    hints = [sentence for sentence, value in known if same(loss, value)] or [hint]
    return "\n".join([*lines, f"  {hints[0]}"])


def gradients_of(loss, tensors):
    """Return the gradient of `loss` for each of `tensors`, by name; zeros where none arrives."""
    if not loss.requires_grad:
        return {name: torch.zeros_like(tensor) for name, tensor in tensors.items()}
    gradients = torch.autograd.grad(loss, list(tensors.values()), allow_unused=True, materialize_grads=True)
    return dict(zip(tensors, gradients, strict=True))


def check_device(step):
    """Refuse a step that would fail on a GPU."""
    model = ProfileModel()

    def run(device):
        return step(model, [tensor.to(device) for tensor in HAND_MADE])[0]

    expect_any_device(model, run, WHERE, "ratings")
