"""The check of `run_epoch`: it is run on a small model, and what it did to the weights and returns is reckoned anew."""

from typing import NamedTuple

import torch

from exercises.kit.expect import check, given, random_halves, same, say
from exercises.kit.given.fake_loop import LEFT_OVER, LoopLoader, LoopModel, LoopOptimizer, LoopStep
from exercises.kit.given.refusals import StillToDo, Wrong

TO_DO = "replace the `...` in `run_epoch`."


class Epoch(NamedTuple):
    """What an epoch is run on: weights (D,), batches of x (B, D) and y (B,), and a learning rate."""

    weights: torch.Tensor
    batches: list[tuple[torch.Tensor, torch.Tensor]]
    lr: float


HAND_MADE = Epoch(
    torch.tensor([1.0, -1.0]),
    [
        (torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), torch.tensor([3.0, 1.0, 2.0])),
        (torch.tensor([[2.0, 1.0], [1.0, -1.0], [0.0, 2.0]]), torch.tensor([1.0, 4.0, 2.0])),
        (torch.tensor([[1.0, 2.0]]), torch.tensor([5.0])),
    ],
    0.05,
)


@check("train-epoch")
def train_epoch(run_epoch):
    """Check `run_epoch(model, step, loader, optimizer=None)` -> the mean error per review, a Python float."""
    examples = [HAND_MADE, random_epoch([4, 1], 3, 0.1), random_epoch([2], 1, 0.02)]
    for epoch in examples:
        check_measuring(run_epoch, epoch)
    for epoch in examples:
        check_learning(run_epoch, epoch)


def random_epoch(sizes, latent, lr):
    """Return an Epoch with batches of these sizes."""
    batches = [(random_halves(size, latent), random_halves(size)) for size in sizes]
    return Epoch(random_halves(latent), batches, lr)


def run(run_epoch, epoch, learning):
    """Run an epoch on new weights; return the model, the optimizer and what it returned. Refuse what must not be."""
    model = LoopModel(epoch.weights.clone())
    loader = LoopLoader([(x.clone(), y.clone()) for x, y in epoch.batches])
    optimizer = LoopOptimizer(model, epoch.lr) if learning else None
    try:
        with given(f"{len(epoch.batches)} batches and {'an' if learning else 'no'} optimizer"):
            returned = run_epoch(model, LoopStep(), loader, *([optimizer] if learning else []))
    except Exception as error:  # a student's code may raise anything
        explain_error(error, learning, bool(model.calls))
        raise
    return model, optimizer, returned


def explain_error(error, learning, stepped):
    """Refuse what an error shows to be still to do, or done where it should not be; leave all others to be raised.

    stepped: whether `step` has been called.
    """
    words = str(error)
    if "ellipsis" in words:
        raise StillToDo(TO_DO) from None
    if "values to unpack" in words and not stepped:
        raise Wrong(
            "`run_epoch` takes a batch apart, or calls a step of the notebook. It should call the `step` that it is "
            "given:\n  a loop that knows no model trains any."
        ) from None
    if not learning and ("NoneType" in words or "does not require grad" in words):
        raise Wrong(
            "without an optimizer nothing is to be learned, yet `run_epoch` clears gradients, goes back, or steps.\n"
            f"  {type(error).__name__}: {words.splitlines()[0]}\n"
            "  Put these three lines below `if learning:`."
        ) from None
    if "modified by an inplace operation" in words:
        raise Wrong(
            "the weights are moved before the gradients at them are known.\n"
            "  `optimizer.step()` comes last, after `loss.backward()`."
        ) from None
    if "object has no attribute 'backward'" in words or "does not require grad" in words:
        raise Wrong(
            "the loss that you go back from has no gradient.\n"
            f"  {type(error).__name__}: {words.splitlines()[0]}\n"
            "  Go back from the `loss` of `step` as it is: no .item(), .detach() or float()."
        ) from None


def check_measuring(run_epoch, epoch):
    """Refuse an epoch that learns without an optimizer, or that returns another error than the mean per review."""
    model, _, returned = run(run_epoch, epoch, learning=False)
    if not torch.equal(model.weights.detach(), epoch.weights):
        raise Wrong("the model learns, although there is no optimizer: without one, `run_epoch` only measures.")
    check_calls(model, epoch, learning=False)
    check_error(returned, epoch, learning=False)


def check_learning(run_epoch, epoch):
    """Refuse an epoch that leaves the weights elsewhere than gradient descent on the loss does, batch by batch."""
    model, optimizer, returned = run(run_epoch, epoch, learning=True)
    check_calls(model, epoch, learning=True)
    weights, _ = by_hand(epoch)
    came = model.weights.detach()
    if not same(came, weights).all():
        lines = [
            f"after {len(epoch.batches)} batches the weights should be {say(weights)}; they are {say(came)}.",
            f"  They were {say(epoch.weights)}: a step for each batch, against the gradient of its own loss.",
            *about_weights(came, epoch, optimizer),
        ]
        raise Wrong("\n".join(lines))
    check_error(returned, epoch, learning=True)


def check_calls(model, epoch, learning):
    """Refuse another number of predictions than batches, the wrong mode, and gradients that nobody needs."""
    calls, batches = model.calls, len(epoch.batches)
    words = "with an optimizer" if learning else "without an optimizer"
    if len(calls) != batches:
        hint = "\n  Does a `return` or a `break` stand inside the loop?" if len(calls) < batches else ""
        raise Wrong(f"{words}, `step` is called {len(calls)} times for {batches} batches, expected once each.{hint}")
    if any(training != learning for training, _ in calls):
        mode = "training" if learning else "eval"
        raise Wrong(f"{words}, the model should be in {mode} mode: keep the line `model.train(learning)`.")
    if any(gradients != learning for _, gradients in calls):
        on = "on" if learning else "off"
        raise Wrong(f"{words}, gradients should be {on}: keep the line `with torch.set_grad_enabled(learning):`.")


def check_error(returned, epoch, learning):
    """Refuse what is returned unless it is the mean error per review, as a plain number."""
    if returned is ...:
        raise StillToDo(TO_DO)
    if returned is None:
        raise Wrong("`run_epoch` returns None, expected the mean error.\n  Does it end with `return total / count`?")
    if isinstance(returned, torch.Tensor):
        raise Wrong("`run_epoch` returns a tensor, expected a plain number: `.item()` makes one of an error.")
    if isinstance(returned, bool) or not isinstance(returned, int | float):
        raise Wrong(f"`run_epoch` returns something of type {type(returned).__name__}, expected a plain number.")
    _, seen = by_hand(epoch) if learning else by_hand(epoch, lr=0.0)
    sizes = torch.tensor([float(len(y)) for _, y in epoch.batches])
    losses, errors = seen[:, 0], seen[:, 1]
    expected, came = (errors * sizes).sum() / sizes.sum(), torch.tensor(float(returned))
    if same(came, expected):
        return
    lines = [
        f"`run_epoch` returns {say(float(returned))}, expected {say(expected)}.",
        f"  For batches of {say(sizes.long())} reviews with errors {say(errors)}: sum(error · reviews) / sum(reviews).",
    ]
    known = [
        ("That is the loss per review; what is reported is the error, the second of the two.",
         (losses * sizes).sum() / sizes.sum()),
        ("That is the mean over the batches: a small last batch counts too much.", errors.mean()),
        ("That is the sum over the batches.", errors.sum()),
        ("That is the sum over the reviews: divide by their number.", (errors * sizes).sum()),
        ("That is the error of the last batch alone.", errors[-1]),
        ("That is the error of the first batch alone.", errors[0]),
    ]  # fmt: skip
    raise Wrong("\n".join([*lines, *[f"  {sentence}" for sentence, value in known if same(came, value)][:1]]))


def loss_and_error(weights, x, y):
    """Return what `LoopStep` does: loss and error of a batch."""
    error = (x @ weights - y).square().mean()
    return error + weights.square().sum(), error


def by_hand(epoch, lr=None, leads=lambda loss, error: loss, kept=0.0, left=0.0):
    """Return the weights after an epoch, and of each batch its loss and its error: (D,), (batches, 2).

    leads: of loss and error, what is gone back from. kept: the share of each gradient that the next one is added to.
    left: the gradient that was there before.
    """
    weights, before, seen = epoch.weights.clone(), torch.full_like(epoch.weights, left), []
    for x, y in epoch.batches:
        leaf = weights.clone().requires_grad_()
        loss, error = loss_and_error(leaf, x, y)
        [gradient] = torch.autograd.grad(leads(loss, error), leaf)
        before = gradient + before
        weights = weights - (epoch.lr if lr is None else lr) * before
        before = kept * before
        seen.append(torch.stack([loss, error]).detach())
    return weights.detach(), torch.stack(seen)


def about_weights(came, epoch, optimizer):
    """Return a line about the usual mistake that leads to weights `came`; none if none is known."""
    if same(came, epoch.weights).all():
        if not optimizer.steps:
            return ["  They did not move at all: is `optimizer.step()` missing?"]
        return ["  Each step found no gradient: clear the old ones, go back, and only then step."]
    known = [
        ("No gradient is ever cleared, and `backward()` adds to what is there.",
         by_hand(epoch, kept=1, left=LEFT_OVER)),
        ("The gradients are cleared once, then added up from batch to batch: clear them for each.",
         by_hand(epoch, kept=1)),
        ("A gradient from before the call is still in it: clear before you go back, not after the step.",
         by_hand(epoch, left=LEFT_OVER)),
        ("You go back from the error; the loss, the first of the two, is what should become small.",
         by_hand(epoch, leads=lambda loss, error: error)),
        ("These are steps along the gradient: the loss grows.", by_hand(epoch, lr=-epoch.lr)),
        ("Each batch takes two steps.", by_hand(epoch, lr=2 * epoch.lr)),
        ("Only the first batch takes a step.", by_hand(epoch._replace(batches=epoch.batches[:1]))),
        ("Only the last batch takes a step: is it below the loop?",
         by_hand(epoch._replace(batches=epoch.batches[-1:]))),
    ]  # fmt: skip
    return [f"  {sentence}" for sentence, (weights, _) in known if same(came, weights).all()][:1]
