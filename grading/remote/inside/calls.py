"""The questions of an examination: what is the answer, what does it return for this, what is its gradient."""

import base64
import contextlib
import copy
import pickle

import torch
from inside.errors import describe_error
from inside.limits import limited
from inside.wire import Values, unpack, weights_of
from torch import nn

from exercises.kit.given.fake_device import FakeDevice


class Calls:
    """Answers the grader's questions about the names of a notebook, until it has no more."""

    def __init__(self, channel, names, seconds):
        self.channel, self.names, self.seconds = channel, names, seconds
        self.values = Values()

    def serve(self):
        """Answer each request by one reply; an exception of the student's code is a reply too."""
        questions = {"look": self.look, "get": self.get, "call": self.call, "back": self.back}
        while (request := self.channel.receive()) is not None and request["do"] != "end":
            question = questions[request.pop("do")]
            try:
                with limited(self.seconds):
                    reply = question(**request)
            except BaseException as error:  # SystemExit and the like are the student's as well
                reply = {"raised": describe_error(error)}
            self.channel.send(reply)

    def look(self, name):
        """Describe what the notebook calls `name`."""
        if name not in self.names:
            raise NameError(f"name {name!r} is not defined")
        return {"value": self.values.describe(self.names[name])}

    def get(self, target, name):
        """Describe an attribute of something kept."""
        value = getattr(self.values.kept[target], name)
        is_method = callable(value) and not isinstance(value, (nn.Module, type))
        return {"value": ["method", name] if is_method else self.values.describe(value)}

    def call(self, target, method, given, tensors, training, settings):
        """Call something kept, and describe what it returns and what it changed of the given tensors and objects.

        tensors: what `given` refers to by number; for a model its weights come last. training: for a model, its mode.
        settings: gradients or not, and devices, as the check has them.
        """
        called, leaves = self.values.kept[target], read_tensors(tensors)
        weights = []
        if isinstance(called, nn.Module):
            called, weights = prepared(called, leaves, settings["device"])
            called.train(training)
        inputs = [as_sent(leaf) for leaf in leaves[: len(leaves) - len(weights)]]
        arguments, keywords = unpack(given, inputs, self.values.kept)
        before = [copied(tensor) for tensor in [*inputs, *weights]]
        objects = plain_states(arguments)
        function = getattr(called, method) if method else called
        with surroundings(settings):
            returned = function(*arguments, **keywords)
        after = [*inputs, *(weights_of(called) if weights else [])]
        changed_objects = plain_states(arguments)
        return {
            "value": self.values.describe(returned),
            "inputs": self.values.keep(leaves),
            "changed": changes(before, after),
            "arguments": changed_objects if changed_objects != objects else None,
        }

    def back(self, inputs, results):
        """Return the gradients of the kept inputs of a call, given those of its results: [[id, numbers], ...]."""
        leaves = self.values.kept[inputs]
        learning = [leaf for leaf in leaves if leaf.requires_grad]
        outputs = [self.values.kept[number] for number, _ in results]
        pushes = [
            torch.tensor(numbers, dtype=out.dtype).view(out.shape)
            for out, (_, numbers) in zip(outputs, results, strict=True)
        ]
        gradients = torch.autograd.grad(outputs, learning, pushes, retain_graph=True, allow_unused=True)
        by_leaf = {id(leaf): gradient for leaf, gradient in zip(learning, gradients, strict=True)}
        told = [by_leaf.get(id(leaf)) for leaf in leaves]
        return {"value": self.values.describe([None if part is None else part.detach() for part in told])}


def read_tensors(tensors):
    """Return the tensors that the grader sent, as leaves that learn where the grader's do."""
    read = []
    for sent in pickle.loads(base64.b64decode(tensors)):
        if sent["device"] == "meta":
            leaf = torch.empty(sent["shape"], dtype=getattr(torch, sent["dtype"]), device="meta")
        else:
            leaf = torch.from_numpy(sent["numbers"])
        leaf = nn.Parameter(leaf, sent["learns"]) if sent["parameter"] else leaf.requires_grad_(sent["learns"])
        leaf.sent_as_leaf = sent["leaf"]
        read.append(leaf)
    return read


def as_sent(leaf):
    """Return a tensor as the answer should see it: one that is no leaf may be changed in place, a leaf may not."""
    return leaf if leaf.sent_as_leaf else leaf * 1


def prepared(model, leaves, device):
    """Return the model, with the weights that its stand-in has, and the list of its weights, also put into `leaves`."""
    if device == "meta":
        model = copy.deepcopy(model).to("meta")
    weights = weights_of(model)
    sent = leaves[len(leaves) - len(weights) :]
    if device != "meta":
        with torch.no_grad():
            for weight, value in zip(weights, sent, strict=True):
                weight.grad = None
                if not torch.equal(weight, value):
                    weight.copy_(value)
    leaves[len(leaves) - len(weights) :] = weights
    return model, weights


def copied(tensor):
    """Return a copy of a tensor's numbers, and its gradient."""
    return tensor.detach().clone(), gradient_of(tensor)


def gradient_of(tensor):
    """Return the gradient that a tensor has gathered, None if it has none, or is no leaf."""
    return tensor.grad if tensor.is_leaf else None


def changes(before, after):
    """Return [number, numbers, gradient] for each tensor whose numbers, or whose gradient, are not as before."""
    changed = []
    for number, ((numbers, gradient), tensor) in enumerate(zip(before, after, strict=True)):
        if tensor.device.type == "meta":
            continue
        same = tensor.shape == numbers.shape and torch.equal(tensor.detach(), numbers)
        if not same or gradient_of(tensor) is not gradient:
            told = Values()
            changed.append([number, told.describe(tensor.detach()), told.describe(gradient_of(tensor))])
    return changed


def plain_states(arguments):
    """Describe what an answer may change of its arguments besides tensors: lists, and what a model notes of calls."""
    states = []
    for argument in arguments:
        if isinstance(argument, nn.Module):
            public = {key: part for key, part in vars(argument).items() if key[0] != "_" and key != "training"}
            states.append({key: part for key, part in public.items() if isinstance(part, (list, dict))})
        else:
            states.append(argument if isinstance(argument, (list, dict)) else None)
    return Values().describe(states)


@contextlib.contextmanager
def surroundings(settings):
    """Be in the surroundings that the check has made: gradients or not, a default device, a fake device."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.set_grad_enabled(settings["gradients"]))
        if settings["default_device"] != "cpu":
            stack.enter_context(torch.device(settings["default_device"]))
        if settings["fake_device"]:
            stack.enter_context(FakeDevice())
        yield
