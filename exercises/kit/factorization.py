"""What the checks of factorization models ask: their tables, every value that `forward` returns, weights, devices."""

from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

from exercises.kit.embeddings import ITEMS, USERS, Model, ModelSpec, Table, check_layers, check_start
from exercises.kit.expect import (
    Hint,
    Mistake,
    by_hand,
    expect_tensor,
    expect_values,
    first_difference,
    given,
    random_halves,
    say,
)
from exercises.kit.given.refusals import Wrong
from exercises.kit.modules import COLUMN, expect_any_device, expect_gradients, expect_module_class, weights_kept
from helpers.reviews import Reviews

USER_IDS, ITEM_IDS = torch.tensor([0, 1, 0, 2]), torch.tensor([1, 1, 0, 2])
HAND_MADE = {
    "users.weight": [[1.0, 2.0], [2.0, -1.0], [0.0, 1.0]],
    "items.weight": [[1.0, 0.0], [3.0, 4.0], [-1.0, 2.0], [5.0, 5.0]],
    "umean.weight": [[0.5], [-1.0], [2.0]],
    "imean.weight": [[-0.25], [1.5], [-2.0], [4.0]],
    "mean": [3.0],
    "gmean": [3.0],
}


def check_model(kind: type[Model], spec: ModelSpec) -> None:
    """Check a factorization model on a hand-made example, on random ones, and in how it treats its weights."""
    expect_module_class(kind, spec.name)
    model = build(kind, spec, nb_users=3, nb_items=4, latent_size=2)
    model.load_state_dict({key: torch.tensor(value) for key, value in HAND_MADE.items()}, strict=False)
    check_forward(model, spec, USER_IDS, ITEM_IDS)
    check_columns(model, spec, USER_IDS, ITEM_IDS)
    for batch, latent in [(5, 4), (1, 3), (6, 1), (1, 1)]:
        model = build(kind, spec, nb_users=4, nb_items=7, latent_size=latent)
        with torch.no_grad():
            for weight in model.parameters():
                weight.copy_(random_halves(*weight.shape))
        check_forward(model, spec, torch.randint(4, (batch,)), torch.randint(7, (batch,)))
        check_gradients(model, spec)
    check_device(model, spec)
    check_start(build(kind, spec, nb_users=50, nb_items=60, latent_size=16), spec)


def build(kind: type[Model], spec: ModelSpec, nb_users: int, nb_items: int, latent_size: int) -> Model:
    """Return a new model, after a look at its layers."""
    model = kind(nb_users, nb_items, latent_size)
    check_layers(model, spec, nb_users, nb_items, latent_size)
    return model


def check_forward(model: Model, spec: ModelSpec, users: torch.Tensor, items: torch.Tensor) -> None:
    """Compare all that `forward` returns with what the model's own weights give by hand, number by number."""
    with weights_kept(model), given(f"users {say(users)} and items {say(items)}"):
        outputs = model(users.clone(), items.clone())
    check_count(outputs, spec)
    prediction, *looked_up, mean = outputs
    for rows, table in zip(looked_up, spec.tables, strict=True):
        check_rows(rows, table, model, spec, {"user": users, "item": items})
    expect_tensor(mean, (1,), f"the returned `{spec.mean}`", f"{spec.name}.forward")
    own = getattr(model, spec.mean).detach()
    expect_values(mean, own, f"the returned `{spec.mean}`", f"Return `self.{spec.mean}` as it is.")
    check_prediction(prediction, model, spec, users, items)


def check_count(outputs: Any, spec: ModelSpec) -> None:
    """Refuse anything but a tuple, or a list, of as many values as `forward` should return."""
    several = isinstance(outputs, (tuple, list))
    if several and len(outputs) == len(spec.outputs):
        return
    came = f"{len(outputs)} values." if several else f"a single {type(outputs).__name__}."
    if outputs is None:
        came = "None: does it end with `return`?"
    raise Wrong(f"`forward` should return {order(spec)}: {len(spec.outputs)} values.\n  It returned {came}")


def order(spec: ModelSpec) -> str:
    """Return what `forward` returns, as a list in words."""
    return ", ".join(spec.outputs)


def check_rows(rows: torch.Tensor, table: Table, model: Model, spec: ModelSpec, ids: dict[str, torch.Tensor]) -> None:
    """Refuse what `forward` returns as `table.output` unless it is the rows of that table for the ids of the batch."""
    what, batch = f"the returned `{table.output}`", len(ids["user"])
    expected = rows_of(table, model, ids[table.of])
    hints: list[Hint] = [(None, f"`forward` should return, in this order: {order(spec)}.")]
    if table.is_bias:
        column = (
            f"One number per review, please: with a row of shape ({batch},) a column makes a {batch} x {batch} table."
        )
        hints = [((batch, 1), column), *hints]
    expect_tensor(rows, tuple(expected.shape), what, f"{spec.name}.forward", hints)
    swapped = f"The ids of the {table.other}s were looked up in it."
    foreign = "These are rows of `self.{}`: do the look-ups, and the order of what `forward` returns, fit their names?"
    mistakes = [
        (swapped if other is table else foreign.format(other.layer), rows_of(other, model, ids[of]))
        for other in spec.tables
        for of in ids
        if ids[of].max() < len(getattr(model, other.layer).weight) and other.is_bias == table.is_bias
    ]
    if not table.is_bias:
        products = rows_of(USERS, model, ids["user"]) * rows_of(ITEMS, model, ids["item"])
        mistakes.append(("The products stand in it: was it changed in place, by an operation such as *=?", products))
    example = f"It should be the row of `self.{table.layer}` of each {table.of} of the batch, as it stands."
    expect_values(rows, expected, what, example, mistakes)


def rows_of(table: Table, model: Model, ids: torch.Tensor) -> torch.Tensor:
    """Return the rows of a table, looked up one by one: (B, D), for biases (B,)."""
    rows = torch.stack([getattr(model, table.layer).weight[n].detach() for n in ids.tolist()])
    return rows[:, 0] if table.is_bias else rows


def check_prediction(
    out: torch.Tensor, model: Model, spec: ModelSpec, users: torch.Tensor, items: torch.Tensor
) -> None:
    """Refuse `out` unless it is the sum of the terms, for each pair of the batch."""
    batch, latent = len(users), model.users.embedding_dim
    everything = "You summed everything into one number. One number per review, please."
    hints = [
        ((batch, 1), COLUMN.format(batch)),
        (
            (batch, batch),
            "Every review meets every other here. Does a column of shape (batch, 1) meet a row of shape "
            "(batch,), or a matrix product take the place of `row_dot`?",
        ),
        ((batch, latent), "Sum the products over the latent dimension: one number per review."),
        ((latent,), "You summed over the batch. Sum over the latent dimension: one number per review."),
        ((), everything),
        ((1,), everything),
    ]
    expect_tensor(out, (batch,), "the prediction", f"{spec.name}.forward", hints)
    terms = [terms_by_hand(model, spec, *pair) for pair in zip(users.tolist(), items.tolist(), strict=True)]
    expected = torch.tensor([sum(pair.values()) for pair in terms])
    n = first_difference(out, expected)
    example = worked_example(model, terms[n], users[n], items[n]) + f" You returned {say(out[n])}."
    expect_values(out, expected, "the prediction", example, mistakes(terms, latent))


def terms_by_hand(model: Model, spec: ModelSpec, user: int, item: int) -> dict[str, float]:
    """Return the terms of one prediction: their names and values."""
    terms = {f"the mean `self.{spec.mean}`": getattr(model, spec.mean).item()}
    for table in spec.biases:
        row = getattr(model, table.layer).weight[user if table.of == "user" else item]
        terms[f"{table.meaning} `self.{table.layer}`"] = row.item()
    pairs = zip(model.users.weight[user].tolist(), model.items.weight[item].tolist(), strict=True)
    return {**terms, "the dot product": sum(x * y for x, y in pairs)}


def worked_example(model: Model, terms: dict[str, float], user: torch.Tensor, item: torch.Tensor) -> str:
    """Return a line that works out one prediction by hand."""
    u, i = model.users.weight[user], model.items.weight[item]
    *others, _ = terms.values()
    biases = f", biases {' and '.join(map(say, others[1:]))}" if others[1:] else ""
    return (
        f"For user {say(u)} and item {say(i)}{biases}, by hand: {by_hand(u, i, others)} = {say(sum(terms.values()))}."
    )


def mistakes(terms: list[dict[str, float]], latent: int) -> list[Mistake]:
    """Return pairs (sentence, predictions) for the usual mistakes in a sum of terms."""
    total = torch.tensor([sum(pair.values()) for pair in terms])
    dots = torch.tensor([pair["the dot product"] for pair in terms])
    known = [("You took the mean over the latent dimension; a dot product sums.", total - dots + dots / latent)]
    for name in terms[0]:
        term = torch.tensor([pair[name] for pair in terms])
        known += [
            (f"Is {name} missing?", total - term),
            (f"Is {name} counted twice?", total + term),
            (f"Is {name} subtracted instead of added?", total - 2 * term),
        ]
    return known


def check_columns(model: Model, spec: ModelSpec, users: torch.Tensor, items: torch.Tensor) -> None:
    """Refuse a model that does not take ids of shape (batch, 1) as well."""
    with given("ids of shape (4, 1)"):
        out = model(users[:, None], items[:, None])[0]
    what = "for ids of shape (4, 1), the prediction"
    hint = "The first line of `forward`, which flattens the ids, should stay."
    expect_tensor(out, tuple(users.shape), what, f"{spec.name}.forward", [(None, hint)])


def check_gradients(model: Model, spec: ModelSpec) -> None:
    """Refuse a prediction that some weight it was computed from cannot learn from."""
    ids = {"user": torch.tensor([0, 1, 2, 3]), "item": torch.tensor([6, 0, 2, 1])}
    used = {f"{table.layer}.weight": ids[table.of] for table in spec.tables} | {spec.mean: torch.tensor([0])}
    expect_gradients(model, model(ids["user"], ids["item"])[0], used)


def check_device(model: Model, spec: ModelSpec) -> None:
    """Refuse a forward pass that would fail on a GPU."""

    def predict(device: torch.device) -> torch.Tensor:
        ids = torch.zeros(2, dtype=torch.long, device=device)
        return model(ids, ids)[0]

    expect_any_device(model, predict, f"{spec.name}.forward")


def mean_squared_error(model: nn.Module, reviews: Reviews | SimpleNamespace) -> float:
    """Return the mean squared error of `model` on encoded `reviews`; the model stays as it is."""
    device, training = next(model.parameters()).device, model.training
    users, items, ratings = (
        torch.as_tensor(part).to(device) for part in (reviews.users, reviews.items, reviews.ratings)
    )
    model.eval()
    with torch.no_grad():
        out = model(users, items)[0]
    model.train(training)
    expect_tensor(out, tuple(ratings.shape), "the prediction of `koren`", "KorenMF.forward")
    return (out - ratings).square().mean().item()
