"""An answer beside the solution, on the same random inputs: functions, and models with the same weights."""

import random
from collections.abc import Callable, Sequence

import torch

from exercises.kit.embeddings import Model
from exercises.kit.expect import given, same, say
from exercises.kit.given.refusals import Wrong

MAY_LACK = "to_text.bias"  # a weight that a model may do without; it is then 0 in ours


def random_size(draw: random.Random, most: int = 15) -> int:
    """Return a random size, now and then 1, where a bare squeeze would go wrong; draw: a random.Random."""
    return draw.choice([1, *range(8, most + 1)])


def compare(answer: Callable[..., torch.Tensor], solution: Callable[..., torch.Tensor], *inputs: torch.Tensor) -> None:
    """Refuse an answer that returns another tensor than the solution does for these inputs."""
    with given(f"tensors of shape {tuple(inputs[0].shape)}"):
        came, expected = answer(*(part.clone() for part in inputs)), solution(*inputs)
    expect_same(came, expected, "the result", f"tensors of shape {tuple(inputs[0].shape)}")


def expect_same(came: torch.Tensor, expected: torch.Tensor, what: str, inputs: str) -> None:
    """Refuse `came` unless it is a tensor of the same shape and with the same numbers."""
    expect_shape(came, expected, what, inputs)
    if not same(came, expected).all():
        raise Wrong(
            f"for {inputs}, {what} has other values than it should.\n"
            f"  Expected {shortly(expected)}, you returned {shortly(came)}."
        )


def expect_shape(came: object, expected: torch.Tensor, what: str, inputs: str) -> None:
    """Refuse `came` unless it is a plain tensor of decimal numbers, of the same shape."""
    if not isinstance(came, torch.Tensor) or came.shape != expected.shape:
        kind = f"has shape {tuple(came.shape)}" if isinstance(came, torch.Tensor) else f"is {kind_of(came)}"
        raise Wrong(f"for {inputs}, {what} {kind}, expected a tensor of shape {tuple(expected.shape)}.")
    if came.layout != torch.strided or not came.is_floating_point():
        raise Wrong(f"for {inputs}, {what} is of type {came.dtype}, {came.layout}, expected plain decimal numbers.")


def kind_of(value: object) -> str:
    """Return in words what kind of thing a value is."""
    if isinstance(value, (tuple, list)):
        return f"{len(value)} values"
    return "None" if value is None else f"of type {type(value).__name__}"


def shortly(tensor: torch.Tensor) -> str:
    """Return the first numbers of a tensor as text."""
    numbers = tensor.detach().reshape(-1)
    return say(numbers[:4]) + (" ..." if len(numbers) > 4 else "")


def compare_factorizations(answer: type[Model], solution: type[Model], draw: random.Random) -> None:
    """Refuse a factorization model that differs from the solution, for random sizes and weights."""
    nb_users, nb_items, latent, batch = (random_size(draw) for _ in range(4))
    ids = torch.randint(nb_users, (batch,)), torch.randint(nb_items, (batch,))
    compare_models(answer, solution, (nb_users, nb_items, latent), ids)


def compare_models(
    answer: type[Model], solution: type[Model], sizes: tuple[int, ...], inputs: tuple[torch.Tensor, ...]
) -> None:
    """Refuse a model that returns other tensors than the solution with the same weights does."""
    ours, theirs = twins(answer, solution, sizes)
    expected, came, batch = ours(*inputs), theirs(*inputs), len(inputs[0])
    if isinstance(expected, torch.Tensor):
        expected, came = (expected,), (came,)
    names = ["the prediction", *(f"value {number} that `forward` returns" for number in range(2, len(expected) + 1))]
    for name, value in named(came, expected, names, batch).items():
        expect_same(value, expected[names.index(name)], name, about(batch))


def named(came: object, expected: Sequence[torch.Tensor], names: Sequence[str], batch: int) -> dict[str, torch.Tensor]:
    """Return what `forward` returned by name; refuse it if it is not as many as expected."""
    if not isinstance(came, (tuple, list)) or len(came) != len(expected):
        raise Wrong(f"for {about(batch)}, what `forward` returns is {kind_of(came)}, expected {len(expected)} values.")
    return dict(zip(names, came, strict=True))


def about(batch: int) -> str:
    """Return a batch of this size in words."""
    return f"a batch of {batch}"


def texts(batch: int, longest: int, dic_size: int) -> torch.Tensor:
    """Return random texts (batch, longest), padded with 0, some all padding."""
    lengths = torch.randint(0, longest + 1, (batch, 1))
    lengths[0] = longest
    return torch.randint(1, dic_size, (batch, longest)) * (torch.arange(longest) < lengths)


def twins(answer: type[Model], solution: type[Model], sizes: tuple[int, ...]) -> tuple[Model, Model]:
    """Return a model of the solution's and one of the answer's, with the same random weights."""
    ours, theirs = solution(*sizes), answer(*sizes)
    weights = dict(theirs.named_parameters())
    with torch.no_grad():
        for name, weight in ours.named_parameters():
            weight.normal_()
            if name == "text_emb.weight":
                weight[0] = 0  # as `padding_idx` has it
            if name == MAY_LACK and name not in weights:
                weight.zero_()
                continue
            if name not in weights or weights[name].shape != weight.shape:
                raise Wrong(f"a model of sizes {sizes} has no weight `self.{name}` of shape {tuple(weight.shape)}.")
            weights[name].copy_(weight)
    return ours, theirs
