"""Python values as messages tell them: what the notebook made for the grader, and the grader's arguments for a call."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from exercises.kit.given.fake_loop import LoopLoader, LoopModel, LoopOptimizer, LoopStep
from exercises.kit.given.fake_models import JointModel, PlaneModel, ProfileModel, TextKorenMF
from helpers.factorization import KorenMF
from helpers.reviews import Review

from . import messages
from .layers import describe_layer, fill, weights_of
from .messages import Class, Dict, Dots, Function, List, Model, Other, Part, Tuple, Value
from .wire import MOST_NUMBERS, described

MOST_CHARACTERS = 10_000
MOST_PARTS, MOST_PAIRS = 100_000, 1_000  # of a list or tuple, and of a dictionary
DEEPEST = 12  # values within values
OF_A_LOOP = (LoopModel, LoopStep, LoopLoader, LoopOptimizer)
FAKES = {kind.__name__: kind for kind in (ProfileModel, JointModel, TextKorenMF, PlaneModel, KorenMF, *OF_A_LOOP)}


class Values:
    """Describes values, and keeps what the grader may ask for again: functions, classes, models, results."""

    def __init__(self) -> None:
        self.kept: list[Any] = []
        self.beside: list[torch.Tensor] = []

    def keep(self, value: object) -> int:
        """Return the number under which `value` can be asked for again."""
        self.kept.append(value)
        return len(self.kept) - 1

    def describe(self, value: Any, depth: int = 0) -> Value:
        """Return what `value` is, as a message tells it; the numbers of tensors are put into `beside`."""
        if value is None or isinstance(value, bool):
            return value
        if value is ...:
            return Dots()
        if type(value) in (int, float):
            return value if -(2**63) <= value < 2**63 or value != value else float(value)
        if isinstance(value, str):
            return well_formed(str(value)[:MOST_CHARACTERS])
        if isinstance(value, torch.Tensor):
            return self.describe_tensor(value)
        if (isinstance(value, (list, tuple)) or type(value) is dict) and depth < DEEPEST:
            return self.describe_several(value, depth + 1)
        return self.describe_object(value)

    def describe_several(self, value: list[Any] | tuple[Any, ...] | dict[Any, Any], depth: int) -> Dict | List | Tuple:
        """Return what a list, a tuple or a dictionary is."""
        if isinstance(value, dict):
            pairs = list(value.items())[:MOST_PAIRS]
            return Dict([(well_formed(str(key)), self.describe(part, depth)) for key, part in pairs])
        kind = List if isinstance(value, list) else Tuple
        return kind([self.describe(part, depth) for part in value[:MOST_PARTS]])

    def describe_object(self, value: object) -> Class | Model | Function | Other:
        """Return what a class, a model or a function is, with a number to ask for it by."""
        if isinstance(value, type):
            return Class(value.__name__, issubclass(value, nn.Module), self.keep(value), module_of(value))
        if isinstance(value, nn.Module):
            return self.describe_model(value)
        return Function(self.keep(value), module_of(value)) if callable(value) else Other(type(value).__name__)

    def describe_tensor(self, tensor: torch.Tensor) -> messages.Tensor:
        """Return what a tensor is; one that learns is kept."""
        return described(tensor, self.beside, MOST_NUMBERS, self.keep(tensor) if tensor.requires_grad else None)

    def describe_part(self, value: nn.Module | torch.Tensor, owner: nn.Module) -> Value:
        """Return what an attribute of a model is: a part of it, if all its weights are the model's."""
        numbers = {id(weight): number for number, weight in enumerate(weights_of(owner))}
        if isinstance(value, torch.Tensor):
            return Part(None, numbers[id(value)]) if id(value) in numbers else self.describe_tensor(value)
        if {id(weight) for weight in weights_of(value)} <= set(numbers):
            return Part(describe_layer(value, numbers))
        return self.describe_model(value)

    def describe_model(self, model: nn.Module) -> Model:
        """Return a model as its layers and its weights; two names of one weight have one number."""
        weights = weights_of(model)
        numbers = {id(weight): number for number, weight in enumerate(weights)}
        told = [self.describe_tensor(weight) for weight in weights]
        return Model(self.keep(model), model.training, describe_layer(model, numbers), told)


def module_of(value: object) -> str:
    """Return the name of the module in which a class or a function was defined, as far as it says so."""
    module = getattr(value, "__module__", None)
    return well_formed(module[:MOST_CHARACTERS]) if isinstance(module, str) else ""


def well_formed(text: str) -> str:
    """Return a text without halves of characters, which UTF-8 does not have."""
    return text.encode("utf-8", "replace").decode("utf-8")


class Arguments:
    """Reads the arguments of a call. inputs: the tensors that they refer to. kept: takes a Kept, returns what it is."""

    def __init__(self, inputs: Sequence[torch.Tensor], kept: Callable[[messages.Kept], Any]) -> None:
        self.inputs, self.kept = inputs, kept

    def read(self, told: Value) -> Any:
        """Return the value that was told."""
        match told:
            case messages.Sent(number):
                return self.inputs[number]
            case List(parts):
                return [self.read(part) for part in parts]
            case Tuple(parts):
                return tuple(self.read(part) for part in parts)
            case Dict(pairs):
                return {key: self.read(part) for key, part in pairs}
            case messages.Review(user, item, words, rating):
                return Review(*map(self.read, (user, item, words, rating)))
            case messages.Kept():
                return self.kept(told)
            case messages.Fake():
                return self.read_fake(told)
            case Dots():
                return ...
        return told

    def read_fake(self, told: messages.Fake) -> nn.Module:
        """Return a model of the checks' own."""
        kind = FAKES[told.kind]
        model = kind.__new__(kind)
        nn.Module.__init__(model)
        fill(model, told.layers, self.inputs)
        vars(model).update({name: self.read(part) for name, part in told.attributes.items()})
        if isinstance(model, LoopModel):
            model.arrive()
        return model.train(told.training)
