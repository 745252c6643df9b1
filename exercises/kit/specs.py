"""The models of the exercises, as their texts describe them: what they read, return and hold."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn


class Table(NamedTuple):
    """An embedding that a model holds: one row per user or per item."""

    layer: str  # the model's attribute
    output: str  # what `forward` calls the rows that it looked up
    of: str  # "user" or "item"
    meaning: str
    is_bias: bool = False  # one number a row, instead of latent_size

    @property
    def other(self) -> str:
        """What its rows are not for."""
        return {"user": "item", "item": "user"}[self.of]


class Model(nn.Module):
    """A model of the exercises, as far as type hints go: what checks look up in it, if its exercise asks for that."""

    users: nn.Embedding
    items: nn.Embedding
    mean: nn.Parameter
    text_emb: nn.Embedding | nn.EmbeddingBag
    to_text: nn.Linear
    to_rating: nn.Linear
    get_text: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


USERS = Table("users", "embed_u", "user", "the user's latent vector")
ITEMS = Table("items", "embed_i", "item", "the item's latent vector")
UMEAN = Table("umean", "umean", "user", "the user's bias", is_bias=True)
IMEAN = Table("imean", "imean", "item", "the item's bias", is_bias=True)


class ModelSpec(NamedTuple):
    """A model as its exercise describes it."""

    name: str
    reads: tuple[str, ...]  # what `forward` takes, in order: "user", "item", "text"
    outputs: tuple[str, ...]  # what `forward` returns, in order
    tables: tuple[Table, ...]  # of users and items
    mean: str = ""  # the attribute that holds the mean of ratings
    point: str = ""  # where an item is among the words, as code

    @property
    def biases(self) -> tuple[Table, ...]:
        """The tables that hold biases."""
        return tuple(table for table in self.tables if table.is_bias)

    @property
    def rates(self) -> bool:
        """Whether it predicts ratings."""
        return "out" in self.outputs


CLASSIC = ModelSpec("ClassicMF", ("user", "item"), ("out", "embed_u", "embed_i", "mean"), (USERS, ITEMS), "mean")
KOREN = ModelSpec(
    "KorenMF",
    ("user", "item"),
    ("out", "embed_u", "embed_i", "umean", "imean", "gmean"),
    (USERS, ITEMS, UMEAN, IMEAN),
    "gmean",
)
PLAIN = ModelSpec("RatingPred", ("text",), ("out",), ())
PROFILE = ModelSpec("RatingPredProfile", ("user", "item", "text"), ("out",), (USERS, ITEMS))
TEXT_ITEM = ModelSpec("TextItem", ("item", "text"), ("embed_i", "close", "far"), (ITEMS,), point="embed_i")
JOINT = ModelSpec(
    "TextClassicMF",
    ("user", "item", "text"),
    ("out", "close", "far", "embed_u", "embed_i", "mean"),
    (USERS, ITEMS),
    "mean",
    "to_text(embed_i)",
)
