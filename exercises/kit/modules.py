"""What the checks ask of any model: to be a class, to keep its weights in `forward`, to learn, to run on any device."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import nn

from exercises.kit.given.refusals import StillToDo, Wrong

if TYPE_CHECKING:
    from exercises.kit.embeddings import ModelSpec

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


def layer_of(model: nn.Module, spec: "ModelSpec", name: str) -> object:
    """Return a layer of `model`, or None if it has none of this name; refuse one that is still to do."""
    layer = getattr(model, name, None)
    if layer is ...:
        raise StillToDo(f"replace the `...` of `self.{name}` in `{spec.name}.__init__`.")
    return layer


def fill(model: nn.Module, weights: Mapping[str, object]) -> None:
    """Write `weights`, by name, into those parameters of `model` that it has."""
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if key in weights:
                weight.copy_(torch.as_tensor(weights[key]))


@contextmanager
def weights_kept(model: nn.Module, where: str = "forward", owner: str = "self") -> Iterator[None]:
    """Refuse a change of any weight of `model`, there called `owner`, by what is called inside, `where`."""
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    yield
    for key, value in model.state_dict().items():
        if not torch.equal(value, weights[key]):
            raise Wrong(
                f"`{where}` changes `{owner}.{key}`. A prediction reads the weights; only the optimiser changes them."
            )


def expect_gradients(model: nn.Module, out: torch.Tensor, used: Mapping[str, torch.Tensor]) -> None:
    """Refuse predictions `out` from which some weight cannot learn.

    used: for each parameter's name the rows that took part in `out`.
    """
    model.zero_grad()
    if out.requires_grad:
        out.sum().backward()
    for key, rows in used.items():
        gradient = model.get_parameter(key).grad
        if gradient is not None and gradient.is_sparse:
            raise Wrong(
                f"the gradient of `self.{key}` is sparse, and `fit` learns with Adam, which takes dense ones only.\n"
                "  Leave `sparse` at its default."
            )
        reached = torch.zeros(len(rows)) if gradient is None else gradient[rows].reshape(len(rows), -1).any(dim=1)
        if not reached.all():
            where = f"row {rows[~reached.bool()].min()} of " if reached.any() else ""
            raise Wrong(
                f"no gradient reaches {where}`self.{key.removesuffix('.weight')}`, so it cannot learn.\n"
                "  Is it frozen, or was the computation cut by .detach(), .data, .item(), .tolist() or torch.no_grad()?"
            )


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
