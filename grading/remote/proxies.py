"""Stand-ins for a student's answer: they look like it to a check, and each call of them is made in the sandbox.

A check takes functions, classes and models. Here it gets ones that send what they are called with into the sandbox, and
return tensors built from the plain numbers that come back; gradients come from there too. So the check itself, with
its expected values, runs in the grader's process, and a student's code can only ever send numbers.
"""

from functools import partial

import torch
from torch import nn

from exercises.kit.given.fake_device import MixedDevices
from exercises.kit.given.refusals import StillToDo, Wrong
from grading.remote.inside.wire import MOST_NUMBERS, SETTINGS
from grading.remote.replies import TooSlow, name_of, reading, tensor_of
from grading.remote.requests import pack, settings_around

LAYERS = {"Embedding": nn.Embedding, "EmbeddingBag": nn.EmbeddingBag, "Linear": nn.Linear}
DTYPES = {
    torch.float16, torch.bfloat16, torch.float32, torch.float64,
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
}  # fmt: skip
OURS = {
    "Wrong": Wrong,
    "StillToDo": StillToDo,
    "MixedDevices": MixedDevices,
}  # parts of a check are inside, and may raise these
MOST_LINES = 4  # of an exception's message
ERRORS = (
    NotImplementedError, RuntimeError, IndexError, KeyError, TypeError, ValueError, AttributeError, NameError,
    ZeroDivisionError, AssertionError, MemoryError, ImportError, SyntaxError,
)  # fmt: skip


class StudentError(Exception):
    """An exception that a student's code raised in the sandbox; a subclass bears its name, and its builtin kind."""

    own_lines = ()

    def __str__(self):
        return self.args[0]


def raised(kind, message):
    """Return a StudentError that is also of a builtin kind, and bears its name."""
    return type(kind.__name__, (StudentError, kind), {})(message)


class Unknown:
    """Something that has no stand-in; a subclass bears the name of its type."""

    def __getattr__(self, name):
        raise raised(AttributeError, f"'{type(self).__name__}' object has no attribute '{name}'")


class Examination:
    """A conversation about one answer; `ask` sends a request into the sandbox and returns the reply."""

    def __init__(self, ask):
        self._ask = ask

    def look(self, name):
        """Return a stand-in for what the notebook calls `name`."""
        with torch._C.DisableTorchFunction():
            return self.read(self.value_of(do="look", name=name))

    def call(self, target, *arguments, model=None, method=None, **keywords):
        """Call something in the sandbox; return its result, from which gradients flow if the check has them on.

        target: its number there. model: if it is a model, its stand-in, whose weights and mode it is to have.
        """
        settings = settings_around(model)
        with torch._C.DisableTorchFunction():  # what the check has set up is not meant for the grader's own tensors
            parcel, tensors = pack(arguments, keywords, model)
            reply = self.ask(do="call", target=target, method=method, settings=settings, **parcel)
            with reading():
                take_over(reply, tensors, arguments, self.read)
                learning = []
                value = self.read(reply["value"], learning)
                if settings["gradients"] and learning:
                    value = with_gradients(value, learning, tensors, partial(self.gradients, int(reply["inputs"])))
            refuse_odd(value, on_meta="meta" in (settings["device"], settings["default_device"]))
            return value

    def attribute(self, model, name):
        """Return an attribute of a model in the sandbox, which its stand-in lacks."""
        with torch._C.DisableTorchFunction():
            described = self.value_of(do="get", target=model.number, name=name)
            if described == ["method", name]:
                return partial(self.call, model.number, model=model, method=name)
            return self.read(described)

    def gradients(self, inputs, results, gradients):
        """Return the gradients of a call's inputs, given those of its results, by their numbers in the sandbox."""
        pushes = [[number, gradient.reshape(-1).tolist()] for number, gradient in zip(results, gradients, strict=True)]
        return self.read(self.value_of(do="back", inputs=inputs, results=pushes))

    def value_of(self, **request):
        """Send a request; return what the reply describes."""
        reply = self.ask(**request)
        with reading():
            return reply["value"]

    def ask(self, **request):
        """Send a request and return the reply; raise what the student's code raised."""
        reply = self._ask(request)
        with reading():
            error = error_of(reply["raised"]) if "raised" in reply else None
        if error:
            raise error
        return reply

    def read(self, described, learning=None):
        """Return the value that was described; tensors with a gradient inside are added to `learning`, if given."""
        with reading():
            kind, told = described[0], described[-1]
            if kind == "tensor":
                tensor = tensor_of(told)
                if told["learns"] and learning is not None:
                    learning.append((int(told["id"]), tensor))
                return tensor
            if kind in ("list", "tuple"):
                return {"list": list, "tuple": tuple}[kind](self.read(part, learning) for part in told)
            if kind == "dict":
                return {key: self.read(part, learning) for key, part in told}
            simple = {"plain": lambda: plain(told), "ellipsis": lambda: ..., "model": lambda: self.model_of(told)}
            objects = {
                "class": lambda: self.class_of(told),
                "function": lambda: partial(self.call, int(told["id"])),
                "other": lambda: type(name_of(told), (Unknown,), {})(),
            }
            return (simple | objects)[kind]()

    def class_of(self, told):
        """Return a stand-in for a class: of models, if it is a kind of nn.Module."""
        name, make = name_of(told["name"]), partial(self.call, int(told["id"]))
        if told["is_module"]:
            return type(name, (Model,), {"make": staticmethod(make)})
        return type(name, (Unknown,), {"__new__": lambda kind, *arguments, **keywords: make(*arguments, **keywords)})

    def model_of(self, told):
        """Return a stand-in for a model: the same layers and weights under the same names."""
        model = Model.__new__(type(name_of(told["layers"]["name"]), (Model,), {}))
        nn.Module.__init__(model)
        fill(model, told["layers"], [weight_of(weight) for weight in told["weights"]])
        vars(model).update(examination=self, number=int(told["id"]))  # from now on it asks for what it lacks
        return model.train(bool(told["training"]))


class Model(nn.Module):
    """A stand-in for a student's model: its layers and weights are here, its computations are in the sandbox."""

    def __init__(self, *arguments, **keywords):
        made = self.make(*arguments, **keywords)
        if not isinstance(made, Model):
            raise TypeError(f"{type(self).__name__} makes something of type {type(made).__name__}")
        vars(self).update(vars(made))

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_") or "examination" not in vars(self):
                raise
        return self.examination.attribute(self, name)

    def forward(self, *arguments, **keywords):
        """Run the forward pass in the sandbox."""
        return self.examination.call(self.number, *arguments, model=self, **keywords)


def fill(module, told, weights):
    """Give a module the parameters, buffers and layers that were described."""
    for name, number in told["parameters"].items():
        module.register_parameter(name, weights[number])
    for name, number in told["buffers"].items():
        module.register_buffer(name, weights[number])
    for name, child in told["children"].items():
        module.add_module(name, layer_of(child, weights))


def layer_of(told, weights):
    """Return a layer as it was described; one that is none of LAYERS is a module of that name."""
    base = LAYERS.get(told["kind"], nn.Module)
    name = name_of(told["name"])
    kind = base if base.__name__ == name else type(name, (base,), {})
    layer = kind.__new__(kind)
    nn.Module.__init__(layer)
    settings = {key: plain(value) for key, value in told["settings"].items() if key in SETTINGS}
    vars(layer).update({"padding_idx": None, "sparse": False} | settings)
    fill(layer, told, weights)
    if base is nn.Linear and "bias" not in told["parameters"]:
        layer.register_parameter("bias", None)  # after the weight: both sides count weights in the same order
    return layer


def weight_of(told):
    """Return a parameter or a buffer as it was described."""
    tensor = tensor_of(told)
    return nn.Parameter(tensor, bool(told["learns"])) if told["parameter"] else tensor


def plain(value):
    """Return a plain value; refuse anything else."""
    if not (value is None or isinstance(value, (bool, int, float, str))):
        raise ValueError("a plain value that is none")
    return value


def error_of(told):
    """Return the exception that was described, as a StudentError of its name and, if it is a usual one, its kind."""
    kinds, message = [str(kind) for kind in told["kinds"]], "\n".join(str(told["message"]).splitlines()[:MOST_LINES])
    if "TimeIsUp" in kinds:
        return TooSlow(message)
    if kinds[0] in OURS:
        return OURS[kinds[0]](message)
    kind = next((kind for kind in ERRORS if kind.__name__ in kinds), Exception)
    error = type(name_of(kinds[0]), (StudentError, kind), {})(message)
    error.own_lines = [str(line) for line in told["own_lines"][:MOST_LINES]]
    return error


def take_over(reply, tensors, arguments, read):
    """Do to our tensors and arguments what the answer did to those that it was given."""
    for number, described, gradient in reply["changed"]:
        ours, changed = tensors[number], read(described)
        # numbers of another shape: whatever is put here, no check will take it for what was given
        ours.data = changed if changed.shape == ours.shape else torch.full_like(ours, torch.nan)
        if ours.is_leaf:
            ours.grad = read(gradient)
    for argument, state in zip(arguments, read(reply["arguments"]) if reply["arguments"] else (), strict=False):
        if isinstance(argument, nn.Module):
            note(argument, state)
        elif isinstance(argument, list) and isinstance(state, list):
            argument[:] = state


def note(model, state):
    """Let a model of the check's own have what it noted of its calls in the sandbox: its lists, and nothing else."""
    for key, value in state.items():
        if isinstance(vars(model).get(key), list) and isinstance(value, list):
            setattr(model, key, value)


def with_gradients(value, learning, tensors, gradients):
    """Return `value`, a result with the tensors `learning` in it, such that gradients reach `tensors`, as inside.

    learning: pairs (number inside, tensor). gradients: takes those numbers and the gradients of these tensors, and
    returns the gradients of `tensors`.
    """
    numbers = [number for number, _ in learning]
    linked = Call.apply(partial(gradients, numbers), [tensor for _, tensor in learning], *tensors)
    links = {id(tensor): link for (_, tensor), link in zip(learning, linked, strict=True)}
    return replaced(value, links)


def refuse_odd(value, on_meta):
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
    def forward(context, gradients, results, *tensors):
        """Return the results."""
        context.gradients, context.tensors = gradients, tensors
        context.set_materialize_grads(True)
        return tuple(result.clone() for result in results)

    @staticmethod
    def backward(context, *pushes):
        """Return the gradients of the tensors, from the sandbox."""
        with torch._C.DisableTorchFunction():
            gradients = context.gradients(pushes)
            with reading():
                pairs = zip(context.tensors, gradients, strict=True)
                return None, None, *(as_gradient(tensor, gradient) for tensor, gradient in pairs)


def as_gradient(tensor, gradient):
    """Return what came as the gradient of a tensor; refuse what cannot be one."""
    if gradient is not None and (gradient.shape != tensor.shape or gradient.dtype != tensor.dtype):
        raise ValueError(f"a gradient of shape {tuple(gradient.shape)} for a tensor of shape {tuple(tensor.shape)}")
    return gradient


def replaced(value, links):
    """Return nested lists, tuples and dictionaries with some tensors replaced, by identity."""
    if isinstance(value, torch.Tensor):
        return links.get(id(value), value)
    if isinstance(value, dict):
        return {key: replaced(part, links) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(replaced(part, links) for part in value)
    return value
