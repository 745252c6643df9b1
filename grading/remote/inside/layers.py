"""Layers and models as messages tell them, and back: their names, their settings and the places of their tensors."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from exercises.kit.given.refusals import Wrong

from .messages import Layer

KINDS = {kind.__name__: kind for kind in (nn.Embedding, nn.EmbeddingBag, nn.Linear)}  # that the exercises ask for
USUAL = {  # settings of these, where they are not told
    "padding_idx": None,
    "max_norm": None,
    "norm_type": 2.0,
    "scale_grad_by_freq": False,
    "sparse": False,
    "include_last_offset": False,
}
SETTINGS = ("num_embeddings", "embedding_dim", "padding_idx", "sparse", "mode", "in_features", "out_features")
DEEPEST = 12  # layers within layers


def name_of(text: str) -> str:
    """Return a name that a student chose, fit to be shown: letters, digits and underscores, 60 at most."""
    return re.sub(r"\W", "", text)[:60] or "unnamed"


def weights_of(model: nn.Module) -> list[torch.Tensor]:
    """Return the parameters and buffers of a model, each once."""
    return list({id(weight): weight for weight in [*model.parameters(), *model.buffers()]}.values())


def describe_layer(layer: nn.Module, numbers: Mapping[int, int], depth: int = 0) -> Layer:
    """Return what a layer is and holds; numbers: the positions of tensors, by their identity."""
    children = layer._modules.items() if depth < DEEPEST else ()
    settings: list[tuple[str, Any]] = [(key, getattr(layer, key, None)) for key in SETTINGS]
    return Layer(
        name=type(layer).__name__,
        kind=next((name for name, kind in KINDS.items() if isinstance(layer, kind)), None),
        settings={key: value for key, value in settings if type(value) in (int, bool, str)},
        parameters=positions(layer._parameters, numbers),
        buffers=positions(layer._buffers, numbers),
        children={name: describe_layer(part, numbers, depth + 1) for name, part in children if part is not None},
    )


def positions(held: Mapping[str, torch.Tensor | None], numbers: Mapping[int, int]) -> dict[str, int]:
    """Return for each name in `held` the position of its tensor; refuse a model whose parameters() lacks one."""
    there = {name: part for name, part in held.items() if part is not None}
    for name, part in there.items():
        if id(part) not in numbers:
            raise Wrong(
                f"`parameters()` of your model lacks a weight, `{name}` of shape {tuple(part.shape)}: no optimizer "
                "would find it.\n  Leave `parameters()` as nn.Module has it."
            )
    return {name: numbers[id(part)] for name, part in there.items()}


def fill(module: nn.Module, told: Layer, tensors: Sequence[torch.Tensor]) -> None:
    """Give a module the parameters, buffers and layers of a Layer; tensors: by their positions."""
    for name, number in told.parameters.items():
        module.register_parameter(name, tensors[number])  # type: ignore[arg-type]  # torch refuses what is none
    for name, number in told.buffers.items():
        module.register_buffer(name, tensors[number])
    for name, child in told.children.items():
        module.add_module(name, layer_of(child, tensors))


def true_sizes(base: type[nn.Module], weight: torch.Tensor | None) -> dict[str, int]:
    """Return the sizes that a layer of a kind has by its weight, whatever it says of itself."""
    rows, columns = weight.shape if weight is not None and weight.dim() == 2 else (0, 0)
    if base is nn.Linear:
        return {"out_features": rows, "in_features": columns}
    return {"num_embeddings": rows, "embedding_dim": columns} if base in KINDS.values() else {}


def layer_of(told: Layer, tensors: Sequence[torch.Tensor]) -> nn.Module:
    """Return a layer as it was told; one that is none of KINDS is a module of that name."""
    base = KINDS.get(told.kind or "", nn.Module)
    name = name_of(told.name)
    kind: type[nn.Module] = base if base.__name__ == name else type(name, (base,), {})
    layer = kind.__new__(kind)
    nn.Module.__init__(layer)
    vars(layer).update(USUAL | {key: value for key, value in told.settings.items() if key in SETTINGS})
    fill(layer, told, tensors)
    vars(layer).update(true_sizes(base, layer._parameters.get("weight")))
    if base is nn.Linear and "bias" not in told.parameters:
        layer.register_parameter("bias", None)  # after the weight: both sides count weights in the same order
    return layer
