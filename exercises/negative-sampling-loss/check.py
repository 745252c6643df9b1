"""The check of `loss_func`, the loss of negative sampling."""

import torch

from exercises.kit.expect import check, expect_tensor, expect_values, given, say
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.refusals import Wrong

HAND_MADE_LOSS = torch.tensor([-0.5, -1.0]), torch.tensor([-0.25, -0.75])


@check("negative-sampling-loss")
def loss_func(loss_func):
    """Check `loss_func(close, far)`: (N,), (N,) -> scalar, the mean over the words."""
    for close, far in [HAND_MADE_LOSS] + [(-2 * torch.rand(2, count)).unbind() for count in (1, 7, 40)]:
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
    ]
    example = (
        f"For close {say(close[:2])} and far {say(far[:2])}{' ...' if count > 2 else ''}, the words cost "
        f"{say(costs[:2])}{' ...' if count > 2 else ''}, on average {say(expected)}. You returned {say(loss)}."
    )
    expect_values(loss, expected, "the loss", example, mistakes)


def check_pushes(loss, leaves):
    """Refuse a loss from which `close` or `far` cannot learn."""
    if loss.requires_grad:
        loss.backward()
    for leaf, name in zip(leaves, ["close", "far"], strict=True):
        if leaf.grad is None or not leaf.grad.any():
            raise Wrong(
                f"no gradient reaches `{name}`, so nothing can learn from it.\n"
                "  Was the computation cut by .detach(), .data, .item(), .tolist() or torch.no_grad()?"
            )
        if not torch.allclose(leaf.grad, torch.full_like(leaf, -1 / len(leaf))):
            raise Wrong(
                f"the loss has the right value, but pushes `{name}` with {say(leaf.grad)}; are all words in it?"
            )
