"""An answer beside the solution, on the same random inputs: functions, and models with the same weights.

Sizes are drawn from what the session itself uses, and so is the mode of each call: an answer can tell neither which
call it is, nor what is compared. Values and gradients are compared up to rounding.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any

import torch
from torch import nn

from exercises.kit.expect import given, say
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.refusals import Wrong
from exercises.kit.specs import Model

USERS, ITEMS, WORDS = 5_130, 1_685, 10_002  # rows of the session's tables, for its largest files
LATENT, BATCH, LONGEST = 64, 2_048, 2_500
FULL = 2_031  # reviews in the largest batches of ratings; of words it is BATCH
ELSEWHERE = 0.6  # how often a model is also called as on a graphics card
IN_ANY_ORDER = ("close", "far")  # outputs of which a loss takes the average
ROUNDING = {torch.float32: 1e-5, torch.float64: 1e-9}  # of the largest number


def random_size(draw: random.Random, most: int = 15) -> int:
    """Return a random size, now and then 1, where a bare squeeze would go wrong; draw: a random.Random."""
    return draw.choice([1, *range(8, most + 1)])


def shuffled(draw: random.Random, parts: Iterable[Any]) -> list[Any]:
    """Return the parts in random order."""
    parts = list(parts)
    return draw.sample(parts, len(parts))


def modes(draw: random.Random) -> list[tuple[bool, bool]]:
    """Return modes to call a model in: for training or not, with gradients or not. Two of the four, in random order."""
    learning = draw.choice([True, False])
    return shuffled(draw, [(learning, True), (not learning, False)])


def model_sizes(draw: random.Random) -> Iterator[tuple[int, int, int, int]]:
    """Yield numbers of users, of items and of reviews, and a latent size: large tables, wide ones, small ones."""
    kinds = [
        (draw.randint(5_000, USERS), draw.randint(1_600, ITEMS), draw.randint(1_950, BATCH), draw.randint(1, 20)),
        (draw.randint(20, 3_000), draw.randint(20, 900), draw.randint(257, 1_500), draw.randint(50, LATENT)),
        (draw.randint(2, 40), draw.randint(2, 40), 1, draw.randint(17, LATENT)),
        (random_size(draw), random_size(draw), random_size(draw, 40), 1),
        tuple(random_size(draw) for _ in range(4)),
    ]
    yield from shuffled(draw, kinds)


# --- functions


def compare(
    answer: Callable[..., torch.Tensor],
    solution: Callable[..., torch.Tensor],
    inputs: Sequence[torch.Tensor],
    draw: random.Random,
) -> None:
    """Refuse an answer whose values or gradients for these inputs are not the solution's, or that changes the inputs.

    It is called with gradients and without, in float32 and in float64, in random order, with the rows in another order
    each time.
    """
    what = f"tensors of shape {tuple(inputs[0].shape)}"
    for gradients, dtype in shuffled(draw, product([True, False], ROUNDING)):
        order = torch.randperm(len(inputs[0]))
        theirs, ours = ([part[order].to(dtype).requires_grad_(gradients) for part in inputs] for _ in range(2))
        handed_over = [leaf * 1 for leaf in theirs] if gradients else theirs
        with torch.set_grad_enabled(gradients), given(what), default_dtype(dtype):
            came, expected = answer(*handed_over), solution(*ours)
        expect_same(came, expected, "the result", what)
        for number, (left, before) in enumerate(zip(handed_over, ours, strict=True), 1):
            if not torch.equal(left, before):
                raise Wrong(f"for {what}, argument {number} is changed in place; whoever calls may still need it.")
        if gradients:
            push(came, expected, draw.choice([torch.ones_like, torch.randn_like])(expected))
            compare_gradients(
                {f"argument {number}": pair for number, pair in enumerate(zip(theirs, ours, strict=True), 1)}, what
            )


def recorded(answer: Callable[..., Any], results: list[tuple[Any, Any]]) -> Callable[..., Any]:
    """Return the answer such that `results` gets what each call returns, and a copy of it, for `refuse_reuse`."""

    def call(*arguments: Any, **options: Any) -> Any:
        returned = answer(*arguments, **options)
        results.append((returned, copy_of(returned)))
        return returned

    return call


def copy_of(value: Any) -> Any:
    """Return a copy of a value, of its tensors alone where it is a list or a tuple of them."""
    if isinstance(value, (list, tuple)):
        return [copy_of(part) for part in value]
    return value.detach().clone() if isinstance(value, torch.Tensor) else value


def refuse_reuse(answer: Any, results: Iterable[tuple[Any, Any]]) -> None:
    """Refuse an answer that changes what it returned earlier. results: what each call returned, and a copy of it.

    The answer's proxy says what has become of it in the sandbox.
    """
    again = getattr(answer, "again", lambda returned: returned)
    for returned, copy in results:
        if not alike(again(returned), copy):
            raise Wrong(
                "what an earlier call returned is changed by a later one; whoever keeps it loses it.\n"
                "  Make new tensors and lists in each call, and fill none of an earlier one."
            )


def alike(left: Any, right: Any) -> bool:
    """Whether two values, or all that is in two lists or tuples, are equal."""
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, torch.Tensor) and isinstance(right, torch.Tensor):
        return torch.equal(left, right)
    return bool(left == right)


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    """Let decimal numbers be of this type inside, as in a notebook that has set it so."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def push(came: torch.Tensor, expected: torch.Tensor, by: torch.Tensor) -> None:
    """Send the same gradient back through both."""
    for out in (came, expected):
        if out.requires_grad:
            out.backward(by.to(out.dtype))


def compare_gradients(pairs: Mapping[str, tuple[torch.Tensor, torch.Tensor]], inputs: str) -> None:
    """Refuse gradients that reached other tensors than ours, or with other values. pairs: theirs and ours, by name."""
    for name, (theirs, ours) in pairs.items():
        came, expected = (torch.zeros_like(of) if of.grad is None else of.grad for of in (theirs, ours))
        if came.layout == torch.strided and near(came, expected, of_a_sum=True):
            continue
        if not came.is_sparse and not came.any():
            raise Wrong(
                f"for {inputs}, no gradient reaches {name}, so nothing could be learned through it.\n"
                "  Was the computation cut, by .detach(), .data, .item(), .tolist() or torch.no_grad()?"
            )
        raise Wrong(
            f"for {inputs}, the values are right, but the gradient of {name} is not.\n"
            f"  Expected {shortly(expected)}, yours is {shortly(came.to_dense())}."
        )


def near(came: torch.Tensor, expected: torch.Tensor, of_a_sum: bool = False) -> bool:
    """Whether two tensors of one shape agree up to the rounding of the less exact one.

    of_a_sum: the numbers are what is left of many larger ones, as gradients are, which leaves fewer digits.
    """
    if not expected.numel():
        return True
    rounding = max(ROUNDING.get(part.dtype, 1e-3) for part in (came, expected)) * (30 if of_a_sum else 1)
    came, expected = came.detach().double(), expected.detach().double()
    largest = float(expected.abs().max())
    return torch.allclose(came, expected, rtol=rounding, atol=rounding * max(largest, 0.01))


def expect_same(came: Any, expected: torch.Tensor, what: str, inputs: str) -> None:
    """Refuse `came` unless it is a tensor of the same shape and with the same numbers."""
    expect_shape(came, expected, what, inputs)
    if not near(came, expected):
        raise Wrong(
            f"for {inputs}, {what} has other values than it should.\n"
            f"  Expected {shortly(expected)}, you returned {shortly(came)}."
        )


def expect_shape(came: object, expected: torch.Tensor, what: str, inputs: str) -> None:
    """Refuse `came` unless it is a plain tensor of decimal numbers, of the same shape."""
    if not isinstance(came, torch.Tensor) or came.shape != expected.shape:
        kind = f"has shape {tuple(came.shape)}" if isinstance(came, torch.Tensor) else f"is {kind_of(came)}"
        raise Wrong(f"for {inputs}, {what} {kind}, expected a tensor of shape {tuple(expected.shape)}.")
    if came.layout != torch.strided or came.dtype not in ROUNDING:
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


# --- models


def compare_factorizations(answer: type[Model], solution: type[Model], draw: random.Random) -> None:
    """Refuse a factorization model that differs from the solution, for sizes of the session and random weights."""
    for nb_users, nb_items, batch, latent in model_sizes(draw):
        ids = torch.randint(nb_users, (batch,)), torch.randint(nb_items, (batch,))
        ours, theirs = compare_models(answer, solution, (nb_users, nb_items, latent), ids, draw)
        everything = torch.full((nb_items,), draw.randrange(nb_users)), torch.arange(nb_items)  # as for a list
        compare_calls(ours.eval(), theirs.eval(), everything, False, ["the prediction"])


def compare_models(
    answer: type[Model],
    solution: type[Model],
    sizes: tuple[int, ...],
    inputs: Sequence[torch.Tensor],
    draw: random.Random,
    names: Sequence[str] = ("the prediction",),
) -> tuple[Model, Model]:
    """Refuse a model that returns other values, or gradients, than the solution with the same weights does.

    Both are called for training and not, with gradients and without, in random order, with the reviews in another order
    each time, once of one user, once of one item. names: what `forward` returns, in order, as far as there are names.
    Returned: both models.
    """
    ours, theirs = twins(answer, solution, sizes, scale=draw.choice([0.1, 1.0]))
    learning, nb_ids = draw.choice([True, False]), sum(part.dim() == 1 for part in inputs)
    calls = [(learning, True, None), *((not learning, False, of_one) for of_one in range(nb_ids) or [None])]
    for training, gradients, of_one in shuffled(draw, calls):
        compare_calls(ours.train(training), theirs.train(training), arranged(inputs, of_one), gradients, names)
    if draw.random() < ELSEWHERE:
        with on_fake_device("forward", "user.device"):
            theirs(*inputs)
    return ours, theirs


def arranged(inputs: Sequence[torch.Tensor], of_one: int | None) -> list[torch.Tensor]:
    """Return a batch in random order. of_one: which of its ids is the same in all reviews; the others then ascend."""
    parts = [part[torch.randperm(len(part))] for part in inputs]
    for n, ids in enumerate(parts):
        if of_one is not None and ids.dim() == 1:
            parts[n] = ids[:1].repeat(len(ids)) if n == of_one else ids.sort().values
    return parts


def compare_calls(
    ours: nn.Module, theirs: nn.Module, inputs: Sequence[torch.Tensor], gradients: bool, names: Sequence[str]
) -> None:
    """Refuse what `forward` of theirs returns, or does, for these inputs unless ours does the same."""
    about, handed_over = f"a batch of {len(inputs[0])}", [part.clone() for part in inputs]
    before = [weight.detach().clone() for weight in theirs.parameters()]
    with torch.set_grad_enabled(gradients), given(about):
        expected, came = ours(*inputs), theirs(*handed_over)
    if isinstance(expected, torch.Tensor):
        expected, came = (expected,), (came,)
    pairs = paired(came, expected, names, about)
    for name, (yours, mine) in pairs.items():
        expect_shape(yours, mine, name, about)
        expect_same(in_order(name, yours), in_order(name, mine), name, about)
    if not all(map(torch.equal, handed_over, inputs)):
        raise Wrong(f"for {about}, `forward` changes, in place, a tensor that it is given.")
    if not all(map(torch.equal, theirs.parameters(), before)):
        raise Wrong(f"for {about}, `forward` changes the model's weights; only the optimiser should.")
    if gradients:
        loss_of(pairs, ours, theirs)
        weights = {name: (weight_of(theirs, name), weight) for name, weight in ours.named_parameters()}
        compare_gradients({f"`self.{name}`": pair for name, pair in weights.items()}, about)


def loss_of(pairs: Mapping[str, tuple[torch.Tensor, torch.Tensor]], *models: nn.Module) -> None:
    """Send gradients back through all that two models returned, the same through both."""
    totals = [torch.zeros(()) for _ in models]
    for name, pair in pairs.items():
        weights = torch.randn_like(pair[1]).abs() + 0.5
        for n, out in enumerate(pair):
            totals[n] = totals[n] + (out.square().sum() if is_in_any_order(name) else (out * weights).sum())
    for model, total in zip(reversed(models), totals, strict=True):
        model.zero_grad()
        if total.requires_grad:
            total.backward()


def is_in_any_order(name: str) -> bool:
    """Whether the numbers of an output may come in any order."""
    return name.strip("`").split("`")[-1] in IN_ANY_ORDER


def in_order(name: str, values: torch.Tensor) -> torch.Tensor:
    """Return the values of an output, sorted where their order does not matter."""
    return values.sort().values if is_in_any_order(name) and values.dim() == 1 else values


def paired(
    came: object, expected: Sequence[torch.Tensor], names: Sequence[str], about: str
) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Return pairs of theirs and ours, by name; refuse what `forward` returned if it is not as many as expected."""
    if not isinstance(came, (tuple, list)) or len(came) != len(expected):
        raise Wrong(f"for {about}, what `forward` returns is {kind_of(came)}, expected {len(expected)} values.")
    names = [*names, *(f"value {number} that `forward` returns" for number in range(len(names) + 1, len(expected) + 1))]
    return dict(zip(names, zip(came, expected, strict=True), strict=True))


def texts(batch: int, longest: int, dic_size: int) -> torch.Tensor:
    """Return random texts (batch, longest), padded with 0, some all padding."""
    lengths = torch.randint(0, longest + 1, (batch, 1))
    lengths[torch.randint(batch, ())] = longest
    return torch.randint(1, dic_size, (batch, longest)) * (torch.arange(longest) < lengths)


def text_sizes(draw: random.Random) -> Iterator[tuple[int, int, int, int]]:
    """Yield a dic_size, a number of reviews, the length of the longest, and a latent size, as `model_sizes` does."""
    kinds = [
        (WORDS, draw.randint(5, 12), draw.randint(1_500, LONGEST), draw.randint(8, 20)),
        (draw.randint(257, 900), draw.randint(FULL, BATCH), draw.randint(3, 8), draw.randint(50, LATENT)),
        (draw.randint(257, 900), draw.randint(33, 300), draw.randint(17, 60), draw.randint(2, 8)),
        (draw.randint(13, 60), 1, draw.randint(30, 300), draw.randint(17, LATENT)),
        (draw.randint(13, 60), random_size(draw, 40), random_size(draw), random_size(draw)),
        (draw.randint(13, 60), random_size(draw, 40), 1, 1),
    ]
    yield from shuffled(draw, kinds)


def twins(
    answer: type[Model], solution: type[Model], sizes: tuple[int, ...], scale: float = 1.0
) -> tuple[Model, Model]:
    """Return a model of the solution's and one of the answer's, with the same random weights."""
    ours, theirs = solution(*sizes), answer(*sizes)
    with torch.no_grad():
        for name, weight in ours.named_parameters():
            weight.normal_(std=scale)
            if name == "text_emb.weight":
                weight[0] = 0  # as `padding_idx` has it
            found = weight_of(theirs, name)
            if not isinstance(found, torch.Tensor) or found.shape != weight.shape:
                raise Wrong(f"a model of sizes {sizes} has no weight `self.{name}` of shape {tuple(weight.shape)}.")
            found.data.copy_(weight)
    return ours, theirs


def weight_of(model: nn.Module, name: str) -> Any:
    """Return what `model` has under a name such as "users.weight", by whatever way leads there; None if nothing."""
    found: Any = model
    for part in name.split("."):
        found = getattr(found, part, None)
    return found
