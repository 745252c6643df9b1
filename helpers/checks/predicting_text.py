"""Checks of notebook 4."""

import random

import torch

from helpers.checks.descriptions import check_description
from helpers.checks.elsewhere import elsewhere
from helpers.checks.items_and_words import check_text_model
from helpers.checks.joint_losses import check_joint_step
from helpers.checks.near_words import JOINT, TEXT_ITEM
from helpers.checks.pieces import check_draws, check_piece
from helpers.checks.summary import enter
from helpers.checks.verdict import Wrong, exercise, expect_tensor, expect_values, given, say
from helpers.reviews import Review

SOME_REVIEWS = [Review(2, 0, [4, 2, 7, 9, 3, 8, 6], 5.0), Review(0, 1, [3], 4.0), Review(1, 0, [1, 5, 5], 1.0)]
SHORT_REVIEWS = [Review(3, 5, [1], 2.0), Review(4, 2, [8, 3], 3.0)]
HAND_MADE_LOSS = torch.tensor([-0.5, -1.0]), torch.tensor([-0.25, -0.75])

enter("4.8", "which model would you deploy?", points=2, by_hand=True)


@exercise("4.1", "pieces of reviews", points=1)
def tuple_batch_piece_text(tuple_batch_piece_text):
    """Check `tuple_batch_piece_text(batch, max_len=5)`: max_len words of each review, drawn at random."""
    for reviews in [SOME_REVIEWS, SHORT_REVIEWS, SHORT_REVIEWS[:1], SOME_REVIEWS[:1], random_reviews(6, 9)]:
        for max_len in [5, 3, 1, 12]:
            check_piece(tuple_batch_piece_text, reviews, max_len)
    check_draws(tuple_batch_piece_text)


@exercise("4.2", "an item and its words", points=3)
def text_item(TextItem):
    """Check `TextItem`: log sigmoids of cosines of an item with the words said of it, and with fake ones."""
    check_text_model(TextItem, TEXT_ITEM)


@exercise("4.3", "the loss", points=1)
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
    with elsewhere("loss_func", "close.device"):
        loss_func(*HAND_MADE_LOSS)


@exercise("4.4", "describe an item", points=1)
def describe_item(describe_item, inv_word_dic):
    """Check `describe_item(model, user, item, top_k=10)`: the nearest words, best first."""
    check_description(describe_item, inv_word_dic)


@exercise("4.5", "factorization with words", points=2)
def text_classic_mf(TextClassicMF):
    """Check `TextClassicMF`: a ClassicMF whose items also have, through `to_text`, a place among the words."""
    check_text_model(TextClassicMF, JOINT)


@exercise("4.6", "its step", points=1)
def joint_step(joint_step):
    """Check `joint_step(model, batch)`: -> loss, mse, on a model of the check's own."""
    check_joint_step(joint_step)


def random_reviews(count, longest):
    """Return encoded reviews of 1 to `longest` words, some of which come twice."""
    lengths = [longest, *(random.randint(1, longest) for _ in range(count - 1))]
    words = [[random.randint(1, 12) for _ in range(length)] for length in lengths]
    return [Review(random.randrange(99), random.randrange(99), row, random.randint(1, 5) / 1) for row in words]


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
