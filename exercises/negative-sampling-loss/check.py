"""The check of `loss_func`, the loss of negative sampling."""

import torch

from exercises.kit.expect import check, expect_tensor, expect_values, given, say
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.refusals import Wrong

HAND_MADE_LOSS = torch.tensor([-0.5, -1.0, -0.35]), torch.tensor([-0.25, -0.75, -0.4])
MANY_WORDS = 2_560  # in a batch of the session


@check("negative-sampling-loss")
def loss_func(loss_func):
    """Check `loss_func(close, far)`: (N,), (N,) -> scalar, the mean over the words."""
    sizes = [(1, 2.0), (7, 2.0), (40, 2.0), (MANY_WORDS, 1.0), (5, 0.3), (9, 0.001), (6, 30.0)]
    for close, far in [HAND_MADE_LOSS] + [(-most * torch.rand(2, count)).unbind() for count, most in sizes]:
        leaves = close.clone().requires_grad_(), far.clone().requires_grad_()
        given_close, given_far = (leaf * 1 for leaf in leaves)
        with given(f"close and far of shape {tuple(close.shape)}"):
            loss = loss_func(given_close, given_far)
        check_loss(loss, close, far)
        if not (torch.equal(given_close, close) and torch.equal(given_far, far)):
            raise Wrong("`loss_func` changes `close` or `far` in place, by an operation such as += or .add_().")
        check_pushes(loss, leaves)
    with on_fake_device("loss_func", "close.device"):
        loss_func(*HAND_MADE_LOSS)


def check_loss(loss, close, far):
    """Refuse a loss that is not the mean over the words of what each of them costs."""
    count = len(close)
    one = "One number for all words: average over them."
    expect_tensor(loss, (), "the loss", "loss_func", [((1,), "A scalar has no dimension: shape ()."), (None, one)])
    costs = torch.tensor([abs(c) + abs(f) for c, f in zip(close.tolist(), far.tolist(), strict=True)])
    expected = costs.mean()
    mistakes = [
        ("The sign is turned: the loss should be small where `close` and `far` are near 0, their largest.", -expected),
        ("That is twice the mean: each word has a `close` and a `far`, and they are added once.", expected * 2),
        ("That is the sum; the loss is per word, whatever the size of the batch.", expected * count),
        ("That is the sum, its sign turned as well.", -expected * count),
        ("That is half: the mean is over the words, and each word has a `close` and a `far`.", expected / 2),
        ("Does `far` have no part in it?", close.abs().mean()),
        ("Does `close` have no part in it?", far.abs().mean()),
        (
            "`far` should be added as `close` is: it has its minus inside already.",
            close.abs().mean() - far.abs().mean(),
        ),
        ("`close` and `far` should be added.", (close * far).mean()),
        ("`close` and `far` are log sigmoids already: only their mean is left to take.", again(close, far)),
        ("`close` and `far` are log sigmoids already: only their mean is left to take.", again(close, -far)),
    ]
    example = (
        f"For close {say(close[:3])} and far {say(far[:3])}{' ...' if count > 3 else ''}, the words cost "
        f"{say(costs[:3])}{' ...' if count > 3 else ''}, on average {say(expected)}. You returned {say(loss)}."
    )
    expect_values(loss, expected, "the loss", example, mistakes)


def again(close, far):
    """Return the loss of whoever takes the log sigmoid of log sigmoids."""
    return -(torch.sigmoid(close).log() + torch.sigmoid(far).log()).mean()


def check_pushes(loss, leaves):
    """Refuse a loss from which `close` or `far` cannot learn."""
    if loss.requires_grad:
        loss.backward()
    for leaf, name in zip(leaves, ["close", "far"], strict=True):
        if leaf.grad is None or not leaf.grad.any():
            raise Wrong(
                f"no gradient reaches `{name}`, so nothing can learn from it.\n"
                "  Was it cut by .detach(), .data, .item(), .tolist() or torch.no_grad(), or by torch.tensor(...), "
                "which makes a new one?"
            )
        if not torch.allclose(leaf.grad, torch.full_like(leaf, -1 / len(leaf)), rtol=1e-3):
            raise Wrong(
                f"the loss has the right value, but pushes `{name}` with {say(leaf.grad[:4])}, expected "
                f"{say(-1 / len(leaf))} each.\n  Are all words in it, and none of them cut off?"
            )
