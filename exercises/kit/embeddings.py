"""What checks ask of a model's tables: there, of the right size, sensibly started."""

import torch
from torch import nn

from exercises.kit.given.refusals import StillToDo, Wrong
from exercises.kit.modules import found
from exercises.kit.specs import Model, ModelSpec, Table

TINY = 1e-4  # what a start may be away from where it should be


def check_layers(model: Model, spec: ModelSpec, nb_users: int, nb_items: int, latent_size: int | None = None) -> None:
    """Refuse a model whose tables or mean are missing, shared or of another size; latent_size None: any will do."""
    check_tables(model, spec, nb_users, nb_items, latent_size)
    check_mean(model, spec)


def check_tables(model: Model, spec: ModelSpec, nb_users: int, nb_items: int, latent_size: int | None = None) -> None:
    """Refuse a model whose tables are missing, shared or of another size; latent_size None: any will do."""
    for table in spec.tables:
        check_is_embedding(model, spec, table)
    check_not_shared(model, spec)
    for table in spec.tables:
        check_size(model, table, nb_users if table.of == "user" else nb_items, 1 if table.is_bias else latent_size)


def check_is_embedding(model: Model, spec: ModelSpec, table: Table) -> None:
    """Refuse a model without the embedding of `table`."""
    layer = getattr(model, table.layer, None)
    if layer is ...:
        raise StillToDo(f"replace the `...` of `self.{table.layer}` in `{spec.name}.__init__`.")
    if not isinstance(layer, nn.Embedding):
        raise Wrong(f"`self.{table.layer}` should be an nn.Embedding that holds {table.meaning}; found {found(layer)}.")
    if layer.padding_idx is not None:
        raise Wrong(
            f"`self.{table.layer}` has a `padding_idx`: row {layer.padding_idx} never learns, though {table.of} "
            f"{layer.padding_idx} is {a(table.of)} {table.of} like any other.\n"
            "  Padding is for words: leave it out here."
        )
    refuse_options(layer, table.layer)


def refuse_options(layer: nn.Embedding | nn.EmbeddingBag, name: str) -> None:
    """Refuse a table that changes its rows whenever they are looked up, or their gradients."""
    for option in ("max_norm", "scale_grad_by_freq"):
        if getattr(layer, option, None):
            raise Wrong(f"`self.{name}` has `{option}` set, which changes what it learns: leave it at its default.")


def a(noun: str) -> str:
    """Return the article of a noun."""
    return "an" if noun[0] in "aeio" else "a"


def check_not_shared(model: Model, spec: ModelSpec) -> None:
    """Refuse two tables that are one."""
    owners: dict[torch.Tensor, str] = {}
    for table in spec.tables:
        owner = owners.setdefault(getattr(model, table.layer).weight, table.layer)
        if owner != table.layer:
            raise Wrong(f"`self.{owner}` and `self.{table.layer}` are one and the same table, where two are needed.")


def check_size(model: Model, table: Table, rows: int, columns: int | None) -> None:
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


def check_mean(model: Model, spec: ModelSpec) -> None:
    """Refuse a mean that is not a parameter of shape (1,)."""
    mean = getattr(model, spec.mean, None)
    if mean is ...:
        raise StillToDo(f"replace the `...` of `self.{spec.mean}` in `{spec.name}.__init__`.")
    if not isinstance(mean, nn.Parameter) or tuple(mean.shape) != (1,):
        shape = f" of shape {tuple(mean.shape)}" if isinstance(mean, torch.Tensor) else ""
        found = "nothing" if mean is None else f"a {type(mean).__name__}{shape}"
        raise Wrong(
            f"`self.{spec.mean}` should be an nn.Parameter of shape (1,); found {found}.\n"
            "  It is one number that the model learns, and a parameter is what the optimiser finds and changes."
        )


def check_start(model: Model, spec: ModelSpec) -> None:
    """Refuse a new model of many users and items that does not start where its exercise says."""
    for table in spec.tables:
        weight = getattr(model, table.layer).weight.detach()
        if table.is_bias and weight.abs().max() > TINY:
            raise Wrong(
                f"the biases in `self.{table.layer}` start as far away as {weight.abs().max():.2g}, expected at 0.\n"
                "  A user's few reviews give small pushes: a bias that starts far off does not come home."
            )
        if not table.is_bias and not 0.07 < weight.std() < 0.14:
            raise Wrong(
                f"the vectors in `self.{table.layer}` start with standard deviation {weight.std():.2g}, expected 0.1.\n"
                "  Long vectors make wild predictions before anything is learned; vectors all alike never learn."
            )
        if not table.is_bias and not weight.mean().abs() < 0.05:
            raise Wrong(f"the vectors in `self.{table.layer}` start around {weight.mean():.2g}, expected around 0.")
        if not table.is_bias:
            refuse_alike(weight, table)
    start = getattr(model, spec.mean).item()
    if abs(start - 3) > TINY:
        raise Wrong(
            f"`self.{spec.mean}` starts at {start:.3g}, expected at 3, the middle of the scale."
            + ("" if spec.biases else "\n  That line is given: leave it as it was.")
        )


def refuse_alike(vectors: torch.Tensor, table: Table) -> None:
    """Refuse vectors (N, D) of which some, or some columns, start alike: they would be pushed alike, too."""
    spread = min(vectors.std(dim=0).mean(), vectors.std(dim=1).mean())
    if spread < 0.05 or len(vectors.unique(dim=0)) < len(vectors):
        raise Wrong(
            f"vectors in `self.{table.layer}` start alike, or their numbers do, expected each drawn on its own.\n"
            "  What starts alike is pushed alike. Is one row, or one number, repeated, by .expand(), .repeat() or [:]?"
        )
