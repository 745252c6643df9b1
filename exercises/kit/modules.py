"""What the checks ask of any model: to be a class, to keep its weights in `forward`, to learn, to run on any device."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import nn

from exercises.kit.expect import same
from exercises.kit.given.refusals import StillToDo, Wrong
from exercises.kit.specs import ModelSpec

EVALUATED = "in eval mode and without gradients, "
OTHERWISE = "While it learns, the model predicts as it should: is there dropout, or a line that reads `self.training`?"
BY_CHANCE = "A second call gives other values: is something drawn at random, as by dropout?"
COLUMN = (
    "One number per review, please: a column of shape ({0}, 1) minus ratings of shape ({0},) "
    "silently makes a {0} x {0} table in the loss."
)


def expect_module_class(kind: object, name: str) -> None:
    """Refuse anything but a class that is a kind of nn.Module."""
    if isinstance(kind, nn.Module):
        raise Wrong(f"please hand over the class itself, `{name}`, not a model built from it.")
    if not (isinstance(kind, type) and issubclass(kind, nn.Module)):
        raise Wrong(f"`{name}` should be a class, and a kind of nn.Module: `class {name}(nn.Module):`.")


def found(layer: object) -> str:
    """Return what stands where a layer should be, in words."""
    name = type(layer).__name__
    return "nothing" if layer is None else f"{'an' if name[0] in 'AEIO' else 'a'} {name}"


def layer_of(model: nn.Module, spec: ModelSpec, name: str) -> object:
    """Return a layer of `model`, or None if it has none of this name; refuse one that is still to do."""
    layer = getattr(model, name, None)
    if layer is ...:
        raise StillToDo(f"replace the `...` of `self.{name}` in `{spec.name}.__init__`.")
    return layer


def parameter(model: nn.Module, key: str) -> nn.Parameter | None:
    """Return the parameter that `key` leads to, such as "users.weight", however the model holds it; None if nothing."""
    value: object = model
    for name in key.split("."):
        value = getattr(value, name, None)
    return value if isinstance(value, nn.Parameter) else None


def fill(model: nn.Module, weights: Mapping[str, object]) -> None:
    """Write `weights`, by what leads to them, into those parameters that `model` has."""
    with torch.no_grad():
        for key, numbers in weights.items():
            weight = parameter(model, key)
            if weight is not None:
                weight.copy_(torch.as_tensor(numbers))


@contextmanager
def weights_kept(model: nn.Module, where: str = "forward", owner: str = "self") -> Iterator[None]:
    """Refuse a change of any weight of `model`, there called `owner`, by what is called inside, `where`."""
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    yield
    for key, value in model.state_dict().items():
        if not torch.equal(value, weights[key]):
            rule = "A prediction reads the weights; only the optimiser changes them."
            if where.endswith("_step"):
                rule = "Does it learn by itself, with the .step() of an optimiser? That is the part of the loop, `fit`."
            raise Wrong(f"`{where}` changes `{owner}.{key}`.\n  {rule}")


def expect_learns(
    model: nn.Module, came: torch.Tensor, expected: torch.Tensor, keys: Iterable[str], what: str = "", cost: str = ""
) -> None:
    """Refuse a value that is right, and from which some weight learns otherwise than it should.

    expected: the same value, reckoned from the model's own weights. keys: what leads to these weights. what: the name
    of the value in the message, none for the prediction. cost: what it costs that they do not learn from it.
    """
    weights = {key: weight for key in keys if (weight := parameter(model, key)) is not None}
    lead, cost = f"from {what}, " if what else "", f"\n  {cost}" if cost else ""
    for key, weight in weights.items():
        if not weight.requires_grad:
            raise Wrong(f"no gradient reaches `self.{short(key)}`: it is frozen, its `requires_grad` is False.")
    pushes = torch.randn(expected.shape).abs() + 0.5
    arrived, wanted = (gradients(value, pushes, weights) for value in (came, expected))
    for key, gradient in arrived.items():
        if gradient.is_sparse:
            raise Wrong(
                f"the gradient of `self.{key}` is sparse, and `fit` learns with Adam, which takes dense ones only.\n"
                "  Leave `sparse` at its default."
            )
        missing = wanted[key].flatten(1).any(1) & ~gradient.flatten(1).any(1) if gradient.dim() > 1 else None
        nothing = wanted[key].any() and not gradient.any()
        if nothing or (missing is not None and missing.any()):
            where = "" if nothing or missing is None else f"row {int(missing.nonzero()[0])} of "
            raise Wrong(
                f"{lead}no gradient reaches {where}`self.{short(key)}`, so it cannot learn.\n"
                f"  Was the computation cut by .detach(), .data, .item(), .tolist(), torch.tensor() or torch.no_grad()?"
                + cost
            )
        if not gradient.isfinite().all():
            raise Wrong(
                f"{lead}the gradient of `self.{key}` is not a number, and one step would spoil the model.\n"
                "  Is something divided by a length that can be 0, as that of padding is?"
            )
        if not same(gradient, wanted[key]).all():
            raise Wrong(
                f"{lead}a wrong gradient reaches `self.{short(key)}`, though the value is right: it would learn "
                f"something else.\n  Is a part of the computation cut off by .detach() or the like?{cost}"
            )


def short(key: str) -> str:
    """Return what leads to a weight as students say it: "users" for "users.weight"."""
    return key.removesuffix(".weight")


def gradients(
    value: torch.Tensor, pushes: torch.Tensor, weights: Mapping[str, nn.Parameter]
) -> dict[str, torch.Tensor]:
    """Return the gradients of `weights`, by name, that `pushes` on a value send; zeros where none arrives."""
    if not value.requires_grad:
        return {key: torch.zeros_like(weight) for key, weight in weights.items()}
    sent = torch.autograd.grad(
        value, list(weights.values()), pushes.to(value), allow_unused=True, materialize_grads=True, retain_graph=True
    )
    return dict(zip(weights, sent, strict=True))


def expect_any_device(
    model: nn.Module, call: Callable[[torch.device], torch.Tensor], where: str, argument: str = "user"
) -> None:
    """Refuse a computation that makes a tensor where torch makes one if not told: that is not where the model lives.

    call: takes a device and returns what the model, which is there, computes from inputs that are there. where: the
    function to complete. argument: a tensor it is given.
    Two places stand in for a GPU, and passing in one is enough. Either new tensors go to the `meta` device while the
    model stays on the CPU; a loop over ids works there. Or the model goes to `meta` and new tensors to the CPU; there,
    as on a GPU, a single number (a tensor without dimensions) may come from the CPU.
    """
    cpu, meta = torch.device("cpu"), torch.device("meta")
    if not (fits(model, call, new=meta, home=cpu) or fits(model, call, new=cpu, home=meta)):
        raise Wrong(
            f"`{where}` makes a tensor on a fixed device, so it would fail on a GPU.\n"
            f"  Build on the tensors that are given, or pass `device={argument}.device`."
        )


def fits(model: nn.Module, call: Callable[[torch.device], torch.Tensor], new: torch.device, home: torch.device) -> bool:
    """Return whether the result of `call` for a model at `home` is there while torch makes new tensors at `new`."""
    model.to(home)
    try:
        with torch.device(new):
            return call(home).device == home
    except (RuntimeError, NotImplementedError):
        return False
