"""What the checks of factorization models ask of the layers: to be there, of the right size, and sensibly started."""

from typing import NamedTuple

import torch
from torch import nn

from helpers.checks.models import found
from helpers.checks.verdict import StillToDo, Wrong


class Table(NamedTuple):
    """An embedding that a model holds: one row per user or per item."""

    layer: str  # the model's attribute
    output: str  # what `forward` calls the rows that it looked up
    of: str  # "user" or "item"
    meaning: str
    is_bias: bool = False  # one number a row, instead of latent_size

    @property
    def other(self):
        """What its rows are not for."""
        return {"user": "item", "item": "user"}[self.of]


USERS = Table("users", "embed_u", "user", "the user's latent vector")
ITEMS = Table("items", "embed_i", "item", "the item's latent vector")
UMEAN = Table("umean", "umean", "user", "the user's bias", is_bias=True)
IMEAN = Table("imean", "imean", "item", "the item's bias", is_bias=True)


class Design(NamedTuple):
    """A factorization model as its exercise describes it."""

    name: str
    mean: str  # the attribute that holds the mean
    tables: tuple[Table, ...]

    @property
    def biases(self):
        """The tables that hold biases."""
        return tuple(table for table in self.tables if table.is_bias)

    @property
    def outputs(self):
        """What `forward` returns, in order."""
        return ["out", *(table.output for table in self.tables), self.mean]


CLASSIC = Design("ClassicMF", "mean", (USERS, ITEMS))
KOREN = Design("KorenMF", "gmean", (USERS, ITEMS, UMEAN, IMEAN))


def check_layers(model, design, nb_users, nb_items, latent_size=None):
    """Refuse a model whose tables or mean are missing, shared or of another size; latent_size None: any will do."""
    check_tables(model, design, nb_users, nb_items, latent_size)
    check_mean(model, design)


def check_tables(model, design, nb_users, nb_items, latent_size=None):
    """Refuse a model whose tables are missing, shared or of another size; latent_size None: any will do."""
    for table in design.tables:
        check_is_embedding(model, design, table)
    check_not_shared(model, design)
    for table in design.tables:
        check_size(model, table, nb_users if table.of == "user" else nb_items, 1 if table.is_bias else latent_size)


def check_is_embedding(model, design, table):
    """Refuse a model without the embedding of `table`."""
    layer = getattr(model, table.layer, None)
    if layer is ...:
        raise StillToDo(f"replace the `...` of `self.{table.layer}` in `{design.name}.__init__`.")
    if not isinstance(layer, nn.Embedding):
        raise Wrong(f"`self.{table.layer}` should be an nn.Embedding that holds {table.meaning}; found {found(layer)}.")


def check_not_shared(model, design):
    """Refuse two tables that are one."""
    owners = {}
    for table in design.tables:
        owner = owners.setdefault(getattr(model, table.layer).weight, table.layer)
        if owner != table.layer:
            raise Wrong(f"`self.{owner}` and `self.{table.layer}` are one and the same table, where two are needed.")


def check_size(model, table, rows, columns):
    """Refuse an embedding that is not of `rows` x `columns`."""
    layer = getattr(model, table.layer)
    columns = columns or max(layer.embedding_dim, 1)  # an embedding of no columns is one, to torch
    if tuple(layer.weight.shape) != (rows, columns):
        found = ", ".join(map(str, layer.weight.shape))
        numbers = "one number" if table.is_bias else "latent_size numbers"
        raise Wrong(
            f"`self.{table.layer}` is an Embedding({found}), expected Embedding({rows}, {columns}).\n"
            f"  One row per {table.of}, {numbers} in each: {table.meaning}."
        )


def check_mean(model, design):
    """Refuse a mean that is not a parameter of shape (1,)."""
    mean = getattr(model, design.mean, None)
    if mean is ...:
        raise StillToDo(f"replace the `...` of `self.{design.mean}` in `{design.name}.__init__`.")
    if not isinstance(mean, nn.Parameter) or tuple(mean.shape) != (1,):
        shape = f" of shape {tuple(mean.shape)}" if isinstance(mean, torch.Tensor) else ""
        found = "nothing" if mean is None else f"a {type(mean).__name__}{shape}"
        raise Wrong(
            f"`self.{design.mean}` should be an nn.Parameter of shape (1,); found {found}.\n"
            "  It is one number that the model learns, and a parameter is what the optimiser finds and changes."
        )


def check_start(model, design):
    """Refuse a new model of many users and items that does not start where its exercise says."""
    for table in design.tables:
        weight = getattr(model, table.layer).weight.detach()
        if table.is_bias and weight.abs().max() > 0.3:
            raise Wrong(
                f"the biases in `self.{table.layer}` start as far away as {weight.abs().max():.2g}, expected at 0.\n"
                "  A user's few reviews give small pushes: a bias that starts far off does not come home."
            )
        if not table.is_bias and not 0.001 < weight.std() < 0.5:
            raise Wrong(
                f"the vectors in `self.{table.layer}` start with standard deviation {weight.std():.2g}, expected 0.1.\n"
                "  Long vectors make wild predictions before anything is learned; vectors all alike never learn."
            )
