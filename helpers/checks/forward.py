"""What the checks of factorization models ask of `forward`: every value it returns, and how it treats the weights."""

import torch

from helpers.checks.layers import ITEMS, USERS
from helpers.checks.models import COLUMN, expect_any_device, expect_gradients, weights_kept
from helpers.checks.verdict import Wrong, by_hand, expect_tensor, expect_values, first_difference, given, say


def check_forward(model, design, users, items):
    """Compare all that `forward` returns with what the model's own weights give by hand, number by number."""
    with weights_kept(model), given(f"users {say(users)} and items {say(items)}"):
        outputs = model(users.clone(), items.clone())
    check_count(outputs, design)
    prediction, *looked_up, mean = outputs
    for rows, table in zip(looked_up, design.tables, strict=True):
        check_rows(rows, table, model, design, {"user": users, "item": items})
    expect_tensor(mean, (1,), f"the returned `{design.mean}`", f"{design.name}.forward")
    own = getattr(model, design.mean).detach()
    expect_values(mean, own, f"the returned `{design.mean}`", f"Return `self.{design.mean}` as it is.")
    check_prediction(prediction, model, design, users, items)


def check_count(outputs, design):
    """Refuse anything but a tuple, or a list, of as many values as `forward` should return."""
    several = isinstance(outputs, (tuple, list))
    if several and len(outputs) == len(design.outputs):
        return
    came = f"{len(outputs)} values." if several else f"a single {type(outputs).__name__}."
    if outputs is None:
        came = "None: does it end with `return`?"
    raise Wrong(f"`forward` should return {order(design)}: {len(design.outputs)} values.\n  It returned {came}")


def order(design):
    """Return what `forward` returns, as a list in words."""
    return ", ".join(design.outputs)


def check_rows(rows, table, model, design, ids):
    """Refuse what `forward` returns as `table.output` unless it is the rows of that table for the ids of the batch."""
    what, batch = f"the returned `{table.output}`", len(ids["user"])
    expected = rows_of(table, model, ids[table.of])
    hints = [(None, f"`forward` should return, in this order: {order(design)}.")]
    if table.is_bias:
        column = (
            f"One number per review, please: with a row of shape ({batch},) a column makes a {batch} x {batch} table."
        )
        hints = [((batch, 1), column), *hints]
    expect_tensor(rows, tuple(expected.shape), what, f"{design.name}.forward", hints)
    swapped = f"The ids of the {table.other}s were looked up in it."
    foreign = "These are rows of `self.{}`: do the look-ups, and the order of what `forward` returns, fit their names?"
    mistakes = [
        (swapped if other is table else foreign.format(other.layer), rows_of(other, model, ids[of]))
        for other in design.tables
        for of in ids
        if ids[of].max() < len(getattr(model, other.layer).weight) and other.is_bias == table.is_bias
    ]
    if not table.is_bias:
        products = rows_of(USERS, model, ids["user"]) * rows_of(ITEMS, model, ids["item"])
        mistakes.append(("The products stand in it: was it changed in place, by an operation such as *=?", products))
    example = f"It should be the row of `self.{table.layer}` of each {table.of} of the batch, as it stands."
    expect_values(rows, expected, what, example, mistakes)


def rows_of(table, model, ids):
    """Return the rows of a table, looked up one by one: (B, D), for biases (B,)."""
    rows = torch.stack([getattr(model, table.layer).weight[n].detach() for n in ids.tolist()])
    return rows[:, 0] if table.is_bias else rows


def check_prediction(out, model, design, users, items):
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
    expect_tensor(out, (batch,), "the prediction", f"{design.name}.forward", hints)
    terms = [terms_by_hand(model, design, *pair) for pair in zip(users.tolist(), items.tolist(), strict=True)]
    expected = torch.tensor([sum(pair.values()) for pair in terms])
    n = first_difference(out, expected)
    example = worked_example(model, terms[n], users[n], items[n]) + f" You returned {say(out[n])}."
    expect_values(out, expected, "the prediction", example, mistakes(terms, latent))


def terms_by_hand(model, design, user, item):
    """Return the terms of one prediction: their names and values."""
    terms = {f"the mean `self.{design.mean}`": getattr(model, design.mean).item()}
    for table in design.biases:
        row = getattr(model, table.layer).weight[user if table.of == "user" else item]
        terms[f"{table.meaning} `self.{table.layer}`"] = row.item()
    pairs = zip(model.users.weight[user].tolist(), model.items.weight[item].tolist(), strict=True)
    return {**terms, "the dot product": sum(x * y for x, y in pairs)}


def worked_example(model, terms, user, item):
    """Return a line that works out one prediction by hand."""
    u, i = model.users.weight[user], model.items.weight[item]
    *others, _ = terms.values()
    biases = f", biases {' and '.join(map(say, others[1:]))}" if others[1:] else ""
    return (
        f"For user {say(u)} and item {say(i)}{biases}, by hand: {by_hand(u, i, others)} = {say(sum(terms.values()))}."
    )


def mistakes(terms, latent):
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


def check_columns(model, design, users, items):
    """Refuse a model that does not take ids of shape (batch, 1) as well."""
    with given("ids of shape (4, 1)"):
        out = model(users[:, None], items[:, None])[0]
    what = "for ids of shape (4, 1), the prediction"
    hint = "The first line of `forward`, which flattens the ids, should stay."
    expect_tensor(out, tuple(users.shape), what, f"{design.name}.forward", [(None, hint)])


def check_gradients(model, design):
    """Refuse a prediction that some weight it was computed from cannot learn from."""
    ids = {"user": torch.tensor([0, 1, 2, 3]), "item": torch.tensor([6, 0, 2, 1])}
    used = {f"{table.layer}.weight": ids[table.of] for table in design.tables} | {design.mean: torch.tensor([0])}
    expect_gradients(model, model(ids["user"], ids["item"])[0], used)


def check_device(model, design):
    """Refuse a forward pass that would fail on a GPU."""

    def predict(device):
        ids = torch.zeros(2, dtype=torch.long, device=device)
        return model(ids, ids)[0]

    expect_any_device(model, predict, f"{design.name}.forward")
