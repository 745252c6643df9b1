"""The check of `row_dot`."""

import torch

from exercises.kit.expect import (
    by_hand,
    check,
    expect_tensor,
    expect_values,
    first_difference,
    given,
    random_halves,
    same,
    say,
)
from exercises.kit.given.refusals import Wrong

MOST_SHOWN = 8  # numbers of a row that are written out
HAND_MADE = torch.tensor([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]]), torch.tensor([[5.0, 6.0], [1.0, 0.0], [2.0, 2.0]])


@check("row-dot")
def row_dot(row_dot):
    """Check `row_dot(a, b)`: (B, D), (B, D) -> (B,)."""
    examples = [HAND_MADE] + [random_halves(2, *shape).unbind() for shape in [(5, 4), (1, 3), (6, 1), (1, 1)]]
    many = [torch.randn(2, *shape).unbind() for shape in [(3, 2), (700, 4), (5, 50)]]
    for a, b in [*examples, *many]:
        given_a, given_b = a.clone(), b.clone()
        with given(f"two tensors of shape {tuple(a.shape)}"):
            dots = row_dot(given_a, given_b)
        check_dots(dots, a, b)
        if not (torch.equal(given_a, a) and torch.equal(given_b, b)):
            changed = "b" if torch.equal(given_a, a) else "a"
            raise Wrong(
                f"`row_dot` changes `{changed}`, which whoever calls it may still need.\n"
                "  Is it changed in place, by an operation such as *= or .mul_()?"
            )
    check_learns(row_dot, *HAND_MADE)


def check_learns(row_dot, a, b):
    """Refuse dot products from which vectors cannot learn: this line is the heart of matrix factorization."""
    leaves = a.clone().requires_grad_(), b.clone().requires_grad_()
    dots, pushes = row_dot(*(leaf * 1 for leaf in leaves)), torch.tensor([1.0, -2.0, 3.0])
    if dots.requires_grad:
        dots.backward(pushes)
    for name, leaf, other in zip("ab", leaves, (b, a), strict=True):
        expected = pushes[:, None] * other
        if leaf.grad is None or not same(leaf.grad, expected).all():
            came = "no gradient reaches" if leaf.grad is None else "a wrong gradient reaches"
            raise Wrong(
                f"the values are right, but {came} `{name}`: no vector could learn through this.\n"
                "  Stay with tensors, from which torch can go back: no .detach(), .data, .item(), .tolist() or float()."
            )


def check_dots(dots, a, b):
    """Refuse `dots` unless row n is the dot product of row n of `a` and of `b`."""
    batch, latent = a.shape
    hints = [
        ((batch, 1), "Close: the latent dimension is still there, with size 1. One number per row, please."),
        ((batch, latent), "These are the products; what remains is to sum them over the latent dimension."),
        ((latent,), "You summed down the columns, over the batch. Sum along each row, over the latent dimension."),
        ((), "You summed everything into one number. Sum along each row only."),
        ((latent, latent), "A matrix product pairs every column of `a` with every column of `b`. Pair rows n and n."),
        (
            (batch, batch),
            "Every row of `a` meets every row of `b`, as in a matrix product. Pair row n with row n only.",
        ),
    ]
    pairs = list(zip(a.tolist(), b.tolist(), strict=True))
    expected = torch.tensor([sum(x * y for x, y in zip(*rows, strict=True)) for rows in pairs])
    if isinstance(dots, torch.Tensor) and dots.shape == (batch - 1,) and same(dots, expected[:-1]).all():
        raise Wrong(f"the result has shape {(batch - 1,)}, expected {(batch,)}: the last row is left out.")
    expect_tensor(dots, (batch,), "the result", "row_dot", hints)
    added = torch.tensor([sum(p) + sum(q) for p, q in pairs])
    n = first_difference(dots, expected)
    worked_out = f"{by_hand(a[n], b[n])} = {say(expected[n])}"
    example = f"For rows {say(a[n])} and {say(b[n])}, by hand: {worked_out}. You returned {say(dots[n])}."
    if latent > MOST_SHOWN:
        example = f"For rows {n} of {latent} numbers, it should be {say(expected[n])}. You returned {say(dots[n])}."
    mistakes = [
        ("You took the mean over the latent dimension; a dot product sums.", expected / latent),
        ("You added the two rows; a dot product multiplies them, number by number.", added),
        ("Dot products below 0 are right, too: do not make them 0.", expected.relu()),
        ("Dot products below 0 are right, too: keep their sign.", expected.abs()),
        ("That is the cosine of the two rows; their lengths count in a dot product.", torch.cosine_similarity(a, b)),
    ]
    if dots.dtype in (torch.float16, torch.bfloat16):
        mistakes = [(f"Numbers of 16 bits ({dots.dtype}) lose digits: stay with torch.float32.", dots)]
    expect_values(dots, expected, "the result", example, mistakes)
