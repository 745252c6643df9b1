"""The questions of an examination: what is the answer, what does it return for this, what is its gradient."""

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from exercises.kit.given.fake_device import FakeDevice
from exercises.kit.given.session import GIVEN

from .errors import describe_error
from .layers import weights_of
from .limits import TimeIsUp, limited
from .messages import (
    Again,
    Back,
    Call,
    Called,
    Change,
    End,
    Get,
    Given,
    Kept,
    Look,
    Message,
    Method,
    Put,
    Raised,
    Reply,
    Settings,
    Tensor,
    Told,
)
from .values import Arguments, Values
from .wire import Channel, Frame, packed


class Calls:
    """Answers the grader's questions about the names of a notebook, until it has no more."""

    def __init__(self, channel: Channel, names: dict[str, Any], seconds: float) -> None:
        self.channel, self.names, self.seconds = channel, names, seconds
        self.values = Values()

    def serve(self) -> None:
        """Answer each request by one reply; an exception of the student's code is a reply too."""
        while (frame := self.channel.receive()) is not None and not isinstance(frame.message, End):
            self.values.beside = []
            try:
                with limited(self.seconds):
                    reply = self.reply_to(frame)
            except BaseException as late:  # our own TimeIsUp, while the reply was made
                reply = packed(Raised(describe_error(late)))
            self.channel.write(reply)

    def reply_to(self, frame: Frame) -> bytes:
        """Return the reply to a request, packed."""
        try:
            return packed(self.answer(frame.message, frame.beside), self.values.beside)
        except TimeIsUp:
            raise
        except BaseException as error:  # SystemExit and the like are the student's as well
            return packed(Raised(describe_error(error)))

    def answer(self, request: Message, beside: dict[int, torch.Tensor]) -> Reply:
        """Return the reply to a request."""
        match request:
            case Look():
                return self.look(request.name)
            case Given():
                return Told(self.values.describe(GIVEN[request.name]))
            case Put():
                value = request.value
                self.names[request.name] = read_tensor(value, beside) if isinstance(value, Tensor) else value
                return Told(None)
            case Get():
                return self.get(request.target, request.name)
            case Call():
                return self.call(request, beside)
            case Back():
                return self.back(request, beside)
            case Again():
                return Told(self.values.describe(self.values.kept[request.returned]))
        raise TypeError(f"a request out of place: {type(request).__name__}")

    def look(self, name: str) -> Told:
        """Describe what the notebook calls `name`."""
        if name not in self.names:
            raise NameError(f"name {name!r} is not defined")
        return Told(self.values.describe(self.names[name]))

    def get(self, target: int, name: str) -> Told:
        """Describe an attribute of something kept."""
        owner = self.values.kept[target]
        value = getattr(owner, name)
        if isinstance(owner, nn.Module) and isinstance(value, (nn.Module, torch.Tensor)):
            return Told(self.values.describe_part(value, owner))
        is_method = callable(value) and not isinstance(value, (nn.Module, type))
        return Told(Method(name) if is_method else self.values.describe(value))

    def call(self, request: Call, beside: dict[int, torch.Tensor]) -> Called:
        """Call something kept, and describe what it returns and what it changed of the given tensors and objects."""
        called, leaves = self.values.kept[request.target], [read_tensor(told, beside) for told in request.tensors]
        weights: list[torch.Tensor] = []
        device = request.settings.device
        if isinstance(called, nn.Module):
            count = len(leaves) - len(weights_of(called))
            called, weights = prepared(called, leaves[count:], device)
            assert request.training is not None
            called.train(request.training)
            leaves[count:] = weights
        inputs = [as_sent(leaf) for leaf in leaves[: len(leaves) - len(weights)]]

        def kept(told: Kept) -> Any:
            if not isinstance(self.values.kept[told.id], nn.Module):
                return self.values.kept[told.id]
            model, theirs = prepared(self.values.kept[told.id], [leaves[number] for number in told.weights], device)
            for number, weight in zip(told.weights, theirs, strict=True):
                leaves[number] = inputs[number] = weight
            return model

        reader = Arguments(inputs, kept)
        arguments = [reader.read(told) for told in request.arguments]
        keywords = {name: reader.read(told) for name, told in request.keywords.items()}
        self.values.keep([arguments, keywords])  # they live on, so that no id comes twice
        before, states = [copied(tensor) for tensor in [*inputs, *weights]], State(arguments)
        function = getattr(called, request.method) if request.method else called
        with surroundings(request.settings):
            returned = function(*arguments, **keywords)
        after = [*inputs, *(weights_of(called) if weights else [])]
        changed = State(arguments) != states
        return Called(
            value=self.values.describe(returned),
            inputs=self.values.keep(leaves),
            changed=changes(before, after, self.values),
            arguments=self.values.describe(plain_states(arguments)) if changed else None,
            returned=self.values.keep(returned),
        )

    def back(self, request: Back, beside: dict[int, torch.Tensor]) -> Told:
        """Return the gradients of the kept inputs of a call, given those of its results."""
        leaves = self.values.kept[request.inputs]
        learning = [leaf for leaf in leaves if leaf.requires_grad]
        outputs = [self.values.kept[number] for number, _ in request.results]
        pushes = [
            read_tensor(told, beside).detach().to(out.dtype).view(out.shape)
            for out, (_, told) in zip(outputs, request.results, strict=True)
        ]
        gradients = torch.autograd.grad(outputs, learning, pushes, retain_graph=True, allow_unused=True)
        by_leaf = {id(leaf): gradient for leaf, gradient in zip(learning, gradients, strict=True)}
        told = [by_leaf.get(id(leaf)) for leaf in leaves]
        return Told(self.values.describe([None if part is None else part.detach() for part in told]))


def read_tensor(told: Tensor, beside: dict[int, torch.Tensor]) -> torch.Tensor:
    """Return a tensor that the grader sent, as a leaf that learns where the grader's does."""
    if told.device == "meta":
        leaf = torch.empty(told.shape, dtype=getattr(torch, told.dtype), device="meta")
    else:
        assert told.numbers is not None
        leaf = beside.pop(told.numbers)
    leaf = nn.Parameter(leaf, told.learns) if told.parameter else leaf.requires_grad_(told.learns)
    leaf.sent_as_leaf = told.leaf  # type: ignore[attr-defined]
    return leaf


def as_sent(leaf: torch.Tensor) -> torch.Tensor:
    """Return a tensor as the answer should see it: one that is no leaf may be changed in place, a leaf may not."""
    if leaf.sent_as_leaf:  # type: ignore[attr-defined]
        return leaf
    with torch.enable_grad():  # a notebook may have switched gradients off
        return leaf * 1


def prepared(model: nn.Module, values: list[torch.Tensor], device: str) -> tuple[nn.Module, list[torch.Tensor]]:
    """Return the model, with the weights that its proxy has, and the list of its weights."""
    if device == "meta":
        model = copy.deepcopy(model).to("meta")
    weights = weights_of(model)
    if device != "meta":
        with torch.no_grad():
            for weight, value in zip(weights, values, strict=True):
                weight.grad = None
                if not torch.equal(weight, value):
                    weight.copy_(value)
    return model, weights


def copied(tensor: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return a copy of a tensor's numbers, and its gradient."""
    return tensor.detach().clone(), gradient_of(tensor)


def gradient_of(tensor: torch.Tensor) -> torch.Tensor | None:
    """Return the gradient that a tensor has gathered, None if it has none, or is no leaf."""
    return tensor.grad if tensor.is_leaf else None


def changes(
    before: list[tuple[torch.Tensor, torch.Tensor | None]], after: list[torch.Tensor], values: Values
) -> list[Change]:
    """Return a Change for each tensor whose numbers, or whose gradient, are not as before."""
    changed = []
    for number, ((numbers, gradient_before), tensor) in enumerate(zip(before, after, strict=True)):
        if tensor.device.type == "meta":
            continue
        same = tensor.shape == numbers.shape and torch.equal(tensor.detach(), numbers)
        if not same or gradient_of(tensor) is not gradient_before:
            gradient = gradient_of(tensor)
            told = None if gradient is None else values.describe_tensor(gradient)
            changed.append(Change(number, values.describe_tensor(tensor.detach()), told))
    return changed


def plain_states(arguments: list[Any]) -> list[dict | list | None]:
    """Return what an answer may change of its arguments besides tensors: lists, and what a model notes of calls."""
    states: list[dict | list | None] = []
    for argument in arguments:
        if isinstance(argument, nn.Module):
            public = {key: part for key, part in vars(argument).items() if key[0] != "_" and key != "training"}
            states.append({key: part for key, part in public.items() if isinstance(part, (list, dict))})
        else:
            states.append(argument if isinstance(argument, (list, dict)) else None)
    return states


class State:
    """What arguments are like at a time, to be compared."""

    def __init__(self, arguments: list[Any]) -> None:
        values = Values()
        self.told, self.beside = values.describe(plain_states(arguments)), values.beside

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and self.told == other.told and all(map(torch.equal, self.beside, other.beside))


@contextlib.contextmanager
def surroundings(settings: Settings) -> Iterator[None]:
    """Be in the surroundings that the check has made: gradients or not, a default device, a fake device."""
    with contextlib.ExitStack() as stack:
        stack.callback(torch.set_default_dtype, torch.get_default_dtype())
        torch.set_default_dtype(getattr(torch, settings.default_dtype))
        stack.enter_context(torch.set_grad_enabled(settings.gradients))
        if settings.default_device != "cpu":
            stack.enter_context(torch.device(settings.default_device))
        if settings.fake_device:
            stack.enter_context(FakeDevice())
        yield
