"""What the grader sends into the sandbox with a call: arguments, tensors and surroundings. No answer is among them."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.overrides import _get_current_function_mode_stack
from torch.utils._device import DeviceContext

from exercises.kit.given.fake_device import FakeDevice
from grading.remote.inside import messages
from grading.remote.inside.layers import describe_layer, weights_of
from grading.remote.inside.messages import Dict, Dots, Fake, Kept, List, Sent, Settings, Tuple, Value
from grading.remote.inside.values import FAKES
from grading.remote.inside.wire import described
from helpers.reviews import Review


class Arguments:
    """Describes the arguments of a call, and numbers the tensors in it, so that both sides know which is which.

    proxies: the classes of the proxies of models and functions. `tensors` are in the order of their numbers, with those
    that were found in models.
    """

    def __init__(self, proxies: tuple[Any, ...]) -> None:
        self.proxies = proxies
        self.tensors: list[torch.Tensor] = []

    def number(self, tensor: torch.Tensor) -> int:
        """Return the number of a tensor, the same whenever it comes."""
        for number, known in enumerate(self.tensors):
            if known is tensor:
                return number
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def describe(self, value: Any) -> Value:
        """Return what a value is, as a message tells it; raises TypeError if it is nothing that can be sent."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        if value is ...:
            return Dots()
        if isinstance(value, torch.Tensor):
            return Sent(self.number(value))
        if isinstance(value, Review):
            return messages.Review(*map(self.describe, value))
        if type(value) in (list, tuple):
            return (List if type(value) is list else Tuple)([self.describe(part) for part in value])
        if type(value) is dict and all(type(key) is str for key in value):
            return Dict([(key, self.describe(part)) for key, part in value.items()])
        if isinstance(value, self.proxies):
            weights = weights_of(value) if isinstance(value, nn.Module) else []
            return Kept(value.number, [self.number(weight) for weight in weights])
        if type(value) in FAKES.values():
            return self.describe_fake(value)
        raise TypeError(f"a {type(value).__name__} cannot be sent into the sandbox")

    def describe_fake(self, model: nn.Module) -> Fake:
        """Return what a model of the checks' own is: its layers, and what it notes besides."""
        numbers = {id(weight): self.number(weight) for weight in weights_of(model)}
        own = {name: part for name, part in vars(model).items() if name[0] != "_" and name != "training"}
        attributes = {name: self.describe(part) for name, part in own.items()}
        return Fake(type(model).__name__, model.training, describe_layer(model, numbers), attributes)


def call_of(
    target: int,
    method: str | None,
    arguments: Sequence[object],
    keywords: Mapping[str, object],
    model: nn.Module | None,
    proxies: tuple[Any, ...],
) -> tuple[messages.Call, list[torch.Tensor], list[torch.Tensor]]:
    """Return the request for a call, the numbers of tensors that go beside it, and the tensors themselves.

    model: the proxy of the model that is called, or None. Its weights come last among the tensors.
    """
    found = Arguments(proxies)
    beside: list[torch.Tensor] = []
    told = [found.describe(value) for value in arguments], {name: found.describe(keywords[name]) for name in keywords}
    tensors = found.tensors + (weights_of(model) if model is not None else [])
    request = messages.Call(
        target=target,
        method=method,
        arguments=told[0],
        keywords=told[1],
        tensors=[sent(tensor, beside) for tensor in tensors],
        training=model.training if model is not None else None,
        settings=settings_around(model),
    )
    return request, beside, tensors


def sent(tensor: torch.Tensor, beside: list[torch.Tensor]) -> messages.Tensor:
    """Return what a tensor is, with its numbers `beside`; raises TypeError if these cannot be sent."""
    told = described(tensor, beside, most=sys.maxsize)
    if told.numbers is None and told.device != "meta":
        raise TypeError(f"a tensor of {tensor.dtype} cannot be sent into the sandbox")
    return told


def settings_around(model: nn.Module | None) -> Settings:
    """Return the surroundings that the check has made for a call: gradients or not, devices, a fake device."""
    modes = _get_current_function_mode_stack()
    devices = [mode.device.type for mode in modes if isinstance(mode, DeviceContext)]
    weights = weights_of(model) if model is not None else []
    return Settings(
        gradients=torch.is_grad_enabled(),
        default_dtype=str(torch.get_default_dtype()).removeprefix("torch."),
        default_device=devices[-1] if devices else "cpu",
        device=weights[0].device.type if weights else "cpu",
        fake_device=any(isinstance(mode, FakeDevice) for mode in modes),
    )
