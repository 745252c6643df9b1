"""The check of `bpr_loss`: the mean of -log sigmoid of a difference, also of a large one."""

import numpy as np
import torch

from exercises.kit.expect import check, expect_values, given, say
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.refusals import Wrong
from exercises.kit.ranking import expect_scalar, expect_unchanged

HAND_MADE = torch.tensor([2.0, 0.5, -1.0]), torch.tensor([1.0, 0.5, 1.0])
LARGE = torch.tensor([100.0, -100.0, 60.0]), torch.tensor([-100.0, 100.0, -30.0])


@check("bpr-loss")
def bpr_loss(bpr_loss):
    """Check `bpr_loss(chosen, other)`: (B,), (B,) -> scalar."""
    for size in (0, 1, 7, 40):
        pair = 3 * torch.randn(2, size) + 1
        check_case(bpr_loss, *(pair if size else HAND_MADE))
    check_case(bpr_loss, *LARGE)
    with on_fake_device("bpr_loss", "chosen.device"):
        bpr_loss(*HAND_MADE)


def check_case(bpr_loss, chosen, other):
    """Check the loss of scores (B,), (B,), and its gradients."""
    leaves = chosen.clone().requires_grad_(), other.clone().requires_grad_()
    handed_over = [leaf * 1 for leaf in leaves]
    with given(f"chosen and other of shape {tuple(chosen.shape)}"):
        loss = bpr_loss(*handed_over)
    expect_unchanged((chosen, other), handed_over, "chosen other", "bpr_loss")
    expect_scalar(loss, "the loss", "bpr_loss")
    check_value(loss, chosen, other)
    check_pushes(loss, leaves, chosen - other)


def cost(differences):
    """Return what pairs of these differences cost, each for itself."""
    return torch.as_tensor(np.logaddexp(0, -differences.detach().double().numpy())).float()


def check_value(loss, chosen, other):
    """Refuse a loss that is not the mean over the pairs of what each of them costs."""
    differences = chosen - other
    costs, turned = cost(differences), cost(-differences)
    expected, sigmoids = costs.mean(), (-costs).exp()
    if not loss.isfinite():
        raise Wrong(
            f"for differences {say(differences[:3])} the loss is {say(loss)}, expected {say(expected)}.\n"
            "  A sigmoid that is rounded to 0 has no logarithm, and exp(200) no finite value: torch has a function "
            "for log sigmoid."
        )
    mistakes = [
        ("`chosen` and `other` have changed places.", turned.mean()),
        ("The sign is turned: the loss should be small where `chosen` is far above `other`.", -expected),
        ("That is the sum: take the mean over the pairs.", costs.sum()),
        ("That is the sum, its sign turned as well.", -costs.sum()),
        ("Is the logarithm missing?", -sigmoids.mean()),
        ("Is the logarithm missing?", sigmoids.mean()),
        ("Is the logarithm missing?", 1 - sigmoids.mean()),
        ("The logarithm comes before the mean: it is the logarithms that are averaged.", -sigmoids.mean().log()),
        ("Is the sigmoid missing?", -(chosen - other).mean()),
        ("Is the sigmoid missing?", (1 - chosen + other).clamp(min=0).mean()),
        ("`other` should be subtracted from `chosen`.", cost(chosen + other).mean()),
        ("Every pair meets every other here: does a column meet a row?", cost(chosen[:, None] - other).mean()),
        ("That is half of it.", expected / 2),
        ("That is twice as much.", expected * 2),
    ]  # fmt: skip
    dots = " ..." if len(costs) > 3 else ""
    example = (
        f"For differences {say(differences[:3])}{dots} the pairs cost {say(costs[:3])}{dots}, on average "
        f"{say(expected)}. You returned {say(loss)}."
    )
    expect_values(loss, expected, "the loss", example, mistakes)


def check_pushes(loss, leaves, differences):
    """Refuse a loss from which the scores do not learn, or learn something else."""
    if loss.requires_grad:
        loss.backward()
    wanted = -(-cost(-differences)).exp() / len(differences)
    for leaf, expected, name in zip(leaves, (wanted, -wanted), ["chosen", "other"], strict=True):
        if leaf.grad is None:
            raise Wrong(
                f"no gradient reaches `{name}`, so nothing can learn from it.\n"
                "  Was the computation cut by .detach(), .data, .item(), .tolist() or torch.no_grad()?"
            )
        if not torch.allclose(leaf.grad, expected, atol=1e-5):
            n = int((leaf.grad - expected).nan_to_num(9).abs().argmax())
            raise Wrong(
                f"the loss has the right value, but for the difference {say(differences[n])} it pushes `{name}` with "
                f"{say(leaf.grad[n])}, expected {say(expected[n])}.\n"
                "  Is it cut off or clamped, so that a pair that is far from right cannot learn?"
            )
