"""Proxies of a student's answer: they look like it to a check, and each call of them is made in the sandbox.

A check takes functions, classes and models. Here it gets proxies, which send what they are called with into the sandbox
and return tensors built from the numbers that come back; gradients come from there too. So the check itself, with its
expected values, runs in the grader's process, and a student's code can only ever send numbers.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn

import torch
from torch import nn

from exercises.kit.given.fake_device import MixedDevices
from exercises.kit.given.refusals import StillToDo, Wrong
from grading.remote.channel import Ask
from grading.remote.inside import messages
from grading.remote.inside.errors import MOST_OF_A_MEANING
from grading.remote.inside.layers import fill, layer_of, name_of, weights_of
from grading.remote.inside.messages import (
    Again,
    Back,
    Called,
    Error,
    Get,
    Given,
    Layer,
    Look,
    Put,
    Raised,
    Request,
    Told,
    Value,
)
from grading.remote.inside.wire import DTYPES, MOST_NUMBERS, described
from grading.remote.replies import Kind, StudentError, TooSlow, expect, reading, tensor_of
from grading.remote.requests import call_of, sent

MOST_VALUES = 1_000_000  # numbers, texts, lists and so on in a reply: each takes a microsecond to read
MOST_THINGS = 200_000  # tensors, layers, classes and so on in a reply: each takes a thousand bytes or more
OURS = {
    "Wrong": Wrong,
    "StillToDo": StillToDo,
    "MixedDevices": MixedDevices,
}  # parts of a check are inside, and may raise these
MOST_LINES, MOST_CHARACTERS = 4, 2_000  # of an exception's message
ERRORS = (
    NotImplementedError, RuntimeError, IndexError, KeyError, TypeError, ValueError, AttributeError, NameError,
    ZeroDivisionError, AssertionError, MemoryError, ImportError, SyntaxError,
)  # fmt: skip


def raised(kind: type[Exception], message: str) -> StudentError:
    """Return a StudentError that is also of a builtin kind, and bears its name."""
    return type(kind.__name__, (StudentError, kind), {})(message)


class Unknown:
    """Something that has no proxy; a subclass bears the name of its type."""

    def __getattr__(self, name: str) -> NoReturn:
        raise raised(AttributeError, f"'{type(self).__name__}' object has no attribute '{name}'")


class Examination:
    """Questions about one answer; `ask` sends a request into the sandbox and returns the Frame of the reply."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.returned: dict[int, int] = {}  # numbers in the sandbox, by the ids of what calls returned here

    def look(self, name: str) -> Any:
        """Return a proxy of what the notebook calls `name`."""
        with torch._C.DisableTorchFunction():
            return self.value_of(Look(name))

    def given(self, name: str) -> Any:
        """Return a proxy of a function of exercises.kit.given.session, which is called beside the answer."""
        with torch._C.DisableTorchFunction():
            return self.value_of(Given(name))

    def put(self, name: str, value: bool | int | float | torch.Tensor) -> None:
        """Let what the notebook calls `name` be another number, or another tensor."""
        with torch._C.DisableTorchFunction():
            beside: list[torch.Tensor] = []
            self.value_of(Put(name, sent(value, beside) if isinstance(value, torch.Tensor) else value), beside)

    def call(
        self,
        target: int,
        *arguments: object,
        model: "Model | None" = None,
        method: str | None = None,
        **keywords: object,
    ) -> Any:
        """Call something in the sandbox; return its result, from which gradients flow if the check has them on.

        target: its number there. model: if it is a model, its proxy, whose weights and mode it is to have.
        """
        with torch._C.DisableTorchFunction():  # what the check has set up is not meant for the grader's own tensors
            request, beside, tensors = call_of(target, method, arguments, keywords, model, (Model, Function))
            settings, (reply, reader) = request.settings, self.ask(request, Called, beside)
            with reading():
                take_over(reply, tensors, arguments, reader.read)
                reader.learning.clear()
                value = reader.read(reply.value)
                if settings.gradients and reader.learning:
                    value = with_gradients(value, reader.learning, tensors, partial(self.gradients, reply.inputs))
            refuse_odd(value, on_meta="meta" in (settings.device, settings.default_device))
            self.returned[id(value)] = reply.returned
            return value

    def again(self, value: object) -> Any:
        """Return what a call returned, as it is now in the sandbox; value: as it came."""
        with torch._C.DisableTorchFunction():
            return self.value_of(Again(self.returned[id(value)]))

    def attribute(self, model: "Model", name: str) -> Any:
        """Return an attribute of a model in the sandbox, which its proxy lacks."""
        with torch._C.DisableTorchFunction():
            value = self.value_of(Get(model.number, name))
            if value is METHOD:
                return partial(self.call, model.number, model=model, method=name)
            return part_of(model, value) if isinstance(value, messages.Part) else value

    def gradients(self, inputs: int, results: Sequence[int], gradients: Sequence[torch.Tensor]) -> Any:
        """Return the gradients of a call's inputs, given those of its results, by their numbers in the sandbox."""
        beside: list[torch.Tensor] = []
        pushes = [described(gradient.cpu(), beside, MOST_NUMBERS) for gradient in gradients]  # none comes off "meta"
        return self.value_of(Back(inputs, list(zip(results, pushes, strict=True))), beside)

    def value_of(self, request: Request, beside: Sequence[torch.Tensor] = ()) -> Any:
        """Send a request; return the value that the reply tells."""
        reply, reader = self.ask(request, Told, beside)
        return reader.read(reply.value)

    def ask(self, request: Request, kind: type[Kind], beside: Sequence[torch.Tensor] = ()) -> tuple[Kind, "Reader"]:
        """Send a request; return the reply, of this kind, and what reads the values in it.

        Raises what the student's code raised.
        """
        frame = self._ask(request, beside)
        if isinstance(frame.message, Raised):
            raise error_of(frame.message.error)
        return expect(frame.message, kind), Reader(self, frame.beside)


class Function:
    """A proxy of a function: each call of it is made in the sandbox. `names` are those of its notebook."""

    def __init__(self, examination: Examination, number: int, defined_in: str) -> None:
        self.examination, self.number, self.__module__ = examination, number, defined_in
        self.names, self.again = Names(examination), examination.again

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call it in the sandbox."""
        return self.examination.call(self.number, *arguments, **keywords)


class Names:
    """The names of the notebook, as a mapping; they can be let stand for numbers and tensors."""

    def __init__(self, examination: Examination) -> None:
        self.examination = examination

    def __getitem__(self, name: str) -> Any:
        return self.examination.look(name)

    def __setitem__(self, name: str, value: bool | int | float | torch.Tensor) -> None:
        self.examination.put(name, value)


CLASS = 20  # as many tensors take about the memory and the time of one class
METHOD = object()  # stands for a method, which is bound to the model that was asked for it


class Reader:
    """Reads the values in a reply, with the tensors `beside` it; `learning` are those that have a gradient inside.

    learning: pairs of a tensor's number in the sandbox and the tensor here.
    """

    def __init__(self, examination: Examination, beside: dict[int, torch.Tensor]) -> None:
        self.examination, self.beside, self.left, self.values_left = examination, beside, MOST_THINGS, MOST_VALUES
        self.learning: list[tuple[int, torch.Tensor]] = []

    def read(self, told: Value) -> Any:
        """Return a value: a plain one, a tensor, or a proxy."""
        with reading():
            self.values_left -= 1
            if self.values_left < 0:
                raise ValueError(f"more than {MOST_VALUES:,} values")
            match told:
                case messages.Tensor():
                    return self.read_tensor(told)
                case messages.List(parts):
                    return [self.read(part) for part in parts]
                case messages.Tuple(parts):
                    return tuple(self.read(part) for part in parts)
                case messages.Dict(pairs):
                    return {key: self.read(part) for key, part in pairs}
                case messages.Dots():
                    return ...
                case messages.Method():
                    return METHOD
                case messages.Part():
                    return told
                case messages.Model():
                    return self.read_model(told)
                case messages.Class():
                    return self.read_class(told)
                case messages.Function(id, defined_in):
                    return Function(self.examination, id, defined_in)
                case messages.Other(name):
                    self.count(CLASS)
                    return type(name_of(name), (Unknown,), {})()
                case None | bool() | int() | float() | str():
                    return told
            raise ValueError("a value that only the grader sends")

    def count(self, things: int) -> None:
        """Count what takes much more memory here than in the reply; raise ValueError if there is too much of it."""
        self.left -= things
        if self.left < 0:
            raise ValueError(f"more than {MOST_THINGS:,} tensors, layers or other things")

    def read_tensor(self, told: messages.Tensor) -> torch.Tensor:
        """Return a tensor, noted among those that learn if it does so inside."""
        self.count(1)
        tensor = tensor_of(told, self.beside)
        if told.learns:
            if told.id is None:
                raise ValueError("a tensor that learns and is not kept")
            self.learning.append((told.id, tensor))
        return tensor

    def read_class(self, told: messages.Class) -> type:
        """Return a proxy of a class: of models, if it is a kind of nn.Module."""
        self.count(CLASS)
        name, make = name_of(told.name), partial(self.examination.call, told.id)
        if told.is_module:
            return type(name, (Model,), {"make": staticmethod(make), "__module__": told.defined_in})
        return type(name, (Unknown,), {"__new__": lambda kind, *arguments, **keywords: make(*arguments, **keywords)})

    def read_model(self, told: messages.Model) -> "Model":
        """Return a proxy of a model: the same layers and weights under the same names."""
        self.count(CLASS + layers_in(told.layers) + len(told.weights))
        model: Any = Model.__new__(type(name_of(told.layers.name), (Model,), {}))
        nn.Module.__init__(model)
        fill(model, told.layers, [self.read_weight(weight) for weight in told.weights])
        vars(model).update(examination=self.examination, number=told.id)  # from now on it asks for what it lacks
        return model.train(told.training)

    def read_weight(self, told: messages.Tensor) -> torch.Tensor:
        """Return a parameter or a buffer."""
        tensor = tensor_of(told, self.beside)
        if tensor.device.type == "meta" or tensor.layout != torch.strided:
            kind = (
                "sparse" if told.sparse else told.dtype if tensor.dtype not in DTYPES else "too large, or on no device"
            )
            raise raised(
                TypeError, f"your model has a weight of shape {told.shape[:4]} that cannot be read: it is {kind}"
            )
        return nn.Parameter(tensor, told.learns) if told.parameter else tensor


def part_of(model: "Model", told: messages.Part) -> Any:
    """Return a part of a model's proxy: a layer with the weights that the proxy has, or a weight."""
    with reading():
        weights = weights_of(model)
        return weights[told.number] if told.layers is None else layer_of(told.layers, weights)


def layers_in(layer: Layer) -> int:
    """Return how many layers there are in a layer, itself included."""
    return 1 + sum(map(layers_in, layer.children.values()))


class Model(nn.Module):
    """A proxy of a student's model: its layers and weights are here, its computations are in the sandbox."""

    make: Callable[..., object]
    examination: Examination
    number: int

    def __init__(self, *arguments: object, **keywords: object) -> None:
        made = self.make(*arguments, **keywords)
        if not isinstance(made, Model):
            raise TypeError(f"{type(self).__name__} makes something of type {type(made).__name__}")
        vars(self).update(vars(made))

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_") or "examination" not in vars(self):
                raise
        return self.examination.attribute(self, name)

    def forward(self, *arguments: object, **keywords: Any) -> Any:
        """Run the forward pass in the sandbox."""
        return self.examination.call(self.number, *arguments, model=self, **keywords)


def error_of(told: Error) -> BaseException:
    """Return the exception that was told, as a StudentError of its name and, if it is a usual one, its kind."""
    message = "\n".join(told.message[:MOST_CHARACTERS].splitlines()[:MOST_LINES])
    if "TimeIsUp" in told.kinds:
        return TooSlow(message)
    if ours := next((OURS[kind] for kind in told.kinds if kind in OURS), None):
        return ours(message)
    kind = next((kind for kind in ERRORS if kind.__name__ in told.kinds), Exception)
    error = type(name_of(told.name), (StudentError, kind), {})(message)
    error.own_lines = [line[:MOST_CHARACTERS] for line in told.own_lines[:MOST_LINES]]
    error.meaning = " ".join(told.meaning[:MOST_CHARACTERS].split())[:MOST_OF_A_MEANING]
    return error


def take_over(
    reply: Called, tensors: Sequence[torch.Tensor], arguments: Sequence[object], read: Callable[[Value], Any]
) -> None:
    """Do to our tensors and arguments what the answer did to those that it was given."""
    for change in reply.changed:
        ours, changed = tensors[change.number], read(change.tensor)
        # numbers of another shape: whatever is put here, no check will take it for what was given
        ours.data = changed if changed.shape == ours.shape else torch.full_like(ours, torch.nan)
        if ours.is_leaf:
            ours.grad = read(change.gradient)
    for argument, state in zip(arguments, read(reply.arguments) or (), strict=False):
        if isinstance(argument, nn.Module):
            note(argument, state)
        elif isinstance(argument, list) and isinstance(state, list):
            argument[:] = state


def note(model: nn.Module, state: dict[str, Any]) -> None:
    """Let a model of the check's own have what it noted of its calls in the sandbox: its lists, and nothing else."""
    for key, value in state.items():
        if isinstance(vars(model).get(key), list) and isinstance(value, list):
            setattr(model, key, value)


def with_gradients(
    value: Any,
    learning: list[tuple[int, torch.Tensor]],
    tensors: Sequence[torch.Tensor],
    gradients: Callable[[Sequence[int], Sequence[torch.Tensor]], Any],
) -> Any:
    """Return `value`, a result with the tensors `learning` in it, such that gradients reach `tensors`, as inside.

    learning: pairs (number inside, tensor). gradients: takes those numbers and the gradients of these tensors, and
    returns the gradients of `tensors`.
    """
    numbers = [number for number, _ in learning]
    linked = Call.apply(partial(gradients, numbers), [tensor for _, tensor in learning], *tensors)
    links = {id(tensor): link for (_, tensor), link in zip(learning, linked, strict=True)}
    return replaced(value, links)


def refuse_odd(value: object, on_meta: bool) -> None:
    """Raise a StudentError if a result is a tensor of a kind that no check can compare with an ordinary one."""
    if not isinstance(value, torch.Tensor):
        for part in value if isinstance(value, (list, tuple)) else ():
            refuse_odd(part, on_meta)
        return
    is_on_meta = value.device.type == "meta" and value.numel() <= MOST_NUMBERS and not on_meta
    kinds = {str(value.dtype): value.dtype not in DTYPES, "sparse": value.layout != torch.strided, "meta": is_on_meta}
    for kind in (kind for kind, holds in kinds.items() if holds):
        raise raised(TypeError, f"what your code returns is, or holds, a tensor of an unusual kind: {kind}")


class Call(torch.autograd.Function):
    """A call in the sandbox, as autograd sees it."""

    @staticmethod
    def forward(
        context: Any,
        gradients: Callable[[Sequence[torch.Tensor]], Any],
        results: Sequence[torch.Tensor],
        *tensors: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        """Return the results."""
        context.gradients, context.tensors = gradients, tensors
        context.set_materialize_grads(True)
        return tuple(result.clone() for result in results)

    @staticmethod
    def backward(context: Any, *pushes: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        """Return the gradients of the tensors, from the sandbox."""
        with torch._C.DisableTorchFunction():
            gradients = context.gradients(pushes)
            with reading():
                pairs = zip(context.tensors, gradients, strict=True)
                return None, None, *(as_gradient(tensor, gradient) for tensor, gradient in pairs)


def as_gradient(tensor: torch.Tensor, gradient: torch.Tensor | None) -> torch.Tensor | None:
    """Return what came as the gradient of a tensor; refuse what cannot be one."""
    if gradient is not None and (gradient.shape != tensor.shape or gradient.dtype != tensor.dtype):
        raise ValueError(f"a gradient of shape {tuple(gradient.shape)} for a tensor of shape {tuple(tensor.shape)}")
    return gradient


def replaced(value: Any, links: dict[int, torch.Tensor]) -> Any:
    """Return nested lists, tuples and dictionaries with some tensors replaced, by identity."""
    if isinstance(value, torch.Tensor):
        return links.get(id(value), value)
    if isinstance(value, dict):
        return {key: replaced(part, links) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(replaced(part, links) for part in value)
    return value
