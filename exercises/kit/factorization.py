"""What the checks of factorization models ask: their tables, every value that `forward` returns, weights, devices."""

from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

from exercises.kit.embeddings import check_layers, check_start
from exercises.kit.expect import (
    Hint,
    Mistake,
    by_hand,
    expect_tensor,
    expect_values,
    given,
    random_halves,
    same,
    say,
)
from exercises.kit.given.refusals import Wrong
from exercises.kit.modules import (
    BY_CHANCE,
    COLUMN,
    EVALUATED,
    OTHERWISE,
    expect_any_device,
    expect_learns,
    expect_module_class,
    fill,
    parameter,
    weights_kept,
)
from exercises.kit.specs import ITEMS, USERS, Model, ModelSpec, Table
from helpers.reviews import Reviews

USER_IDS, ITEM_IDS = torch.tensor([0, 1, 0, 2]), torch.tensor([1, 1, 0, 2])
HAND_MADE = {  # every prediction of it is a rating from 1 to 5
    "users.weight": [[0.5, 1.0], [1.0, -0.5], [-1.0, 0.5]],
    "items.weight": [[-2.0, 0.5], [0.5, 1.5], [0.5, -1.0], [5.0, 5.0]],
    "umean.weight": [[0.25], [-0.5], [1.0]],
    "imean.weight": [[0.5], [-0.75], [-0.25], [4.0]],
    "mean": [3.0],
    "gmean": [3.0],
}
NB_USERS, NB_ITEMS, LATENT, BATCH = 5_003, 1_009, 16, 300  # as many as in the session, or so
SHOWN = 3  # a vector of more numbers is not written out


def check_model(kind: type[Model], spec: ModelSpec) -> None:
    """Check a factorization model on a hand-made example, on random ones, and in how it treats its weights."""
    expect_module_class(kind, spec.name)
    model = build(kind, spec, nb_users=3, nb_items=4, latent_size=2)
    fill(model, HAND_MADE)
    check_forward(model, spec, USER_IDS, ITEM_IDS)
    check_columns(model, spec, USER_IDS, ITEM_IDS)
    for batch, latent, longer in [(5, 3, 1), (1, 3, 1), (6, 1, 1), (1, 1, 1), (7, 2, 3)]:
        model = build(kind, spec, nb_users=4, nb_items=7, latent_size=latent)
        fill(model, random_weights(model, spec, longer))
        check_everywhere(model, spec, torch.randint(4, (batch,)), torch.randint(7, (batch,)))
    check_device(model, spec)
    check_start(build(kind, spec, nb_users=50, nb_items=60, latent_size=16), spec)
    model = build(kind, spec, NB_USERS, NB_ITEMS, LATENT)
    fill(model, random_weights(model, spec))
    users, items = torch.randint(NB_USERS, (BATCH,)), torch.randint(NB_ITEMS, (BATCH,))
    users[7], items[9], users[:2], items[:2] = NB_USERS - 1, NB_ITEMS - 1, 0, 0
    check_everywhere(model, spec, users, items)


def check_constructor(kind: type[Model], spec: ModelSpec) -> None:
    """Check the layers of a factorization model, and where they start, whatever it predicts."""
    expect_module_class(kind, spec.name)
    for nb_users, nb_items, latent_size in [(3, 4, 2), (4, 7, 1), (NB_USERS, NB_ITEMS, LATENT)]:
        build(kind, spec, nb_users, nb_items, latent_size)
    check_start(build(kind, spec, nb_users=50, nb_items=60, latent_size=16), spec)


def build(kind: type[Model], spec: ModelSpec, nb_users: int, nb_items: int, latent_size: int) -> Model:
    """Return a new model, after a look at its layers."""
    model = kind(nb_users, nb_items, latent_size)
    check_layers(model, spec, nb_users, nb_items, latent_size)
    return model


def keys_of(spec: ModelSpec) -> list[str]:
    """Return what leads to the weights of a factorization model."""
    return [f"{table.layer}.weight" for table in spec.tables] + [spec.mean]


def random_weights(model: Model, spec: ModelSpec, longer: int = 1) -> dict[str, torch.Tensor]:
    """Return random weights, by what leads to them; most predictions of them are ratings from 1 to 5.

    longer: how many times as long vectors are; with 3, most predictions are far beyond these.
    """
    shapes = {key: weight.shape for key in keys_of(spec) if (weight := parameter(model, key)) is not None}
    scale = {key: 1 / 5 if shape[-1] == 1 else longer / 2 for key, shape in shapes.items()}
    weights = {key: random_halves(*shape) * scale[key] for key, shape in shapes.items()}
    return weights | {spec.mean: 3 + weights[spec.mean]}


def check_everywhere(model: Model, spec: ModelSpec, users: torch.Tensor, items: torch.Tensor) -> None:
    """Check `forward` while the model learns, and as `evaluate` calls it; and what each value teaches the weights."""
    check_forward(model.train(), spec, users, items)
    check_gradients(model, spec, users, items)
    with torch.no_grad():
        check_forward(model.eval(), spec, users, items, EVALUATED)
    model.train()


def check_forward(model: Model, spec: ModelSpec, users: torch.Tensor, items: torch.Tensor, when: str = "") -> None:
    """Compare all that `forward` returns with what the model's own weights give by hand, number by number."""
    with weights_kept(model), given(f"{when}users {shown(users)} and items {shown(items)}"):
        outputs = model(users.clone(), items.clone())
    check_count(outputs, spec)
    prediction, *looked_up, mean = outputs
    for rows, table in zip(looked_up, spec.tables, strict=True):
        check_rows(rows, table, model, spec, {"user": users, "item": items}, when)
    expect_tensor(mean, (1,), f"{when}the returned `{spec.mean}`", f"{spec.name}.forward")
    own = getattr(model, spec.mean).detach()
    expect_values(mean, own, f"{when}the returned `{spec.mean}`", f"Return `self.{spec.mean}` as it is.")
    check_prediction(prediction, model, spec, users, items, when)


def shown(ids: torch.Tensor) -> str:
    """Return ids as text; of many, their number."""
    return say(ids) if ids.numel() <= 12 else f"({len(ids)} of them)"


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


def check_rows(
    rows: torch.Tensor, table: Table, model: Model, spec: ModelSpec, ids: dict[str, torch.Tensor], when: str = ""
) -> None:
    """Refuse what `forward` returns as `table.output` unless it is the rows of that table for the ids of the batch."""
    what, batch = f"{when}the returned `{table.output}`", len(ids["user"])
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
    """Return the rows of a table, taken out of it as they stand: (B, D), for biases (B,)."""
    rows = getattr(model, table.layer).weight.detach()[ids]
    return rows[:, 0] if table.is_bias else rows


def check_prediction(
    out: torch.Tensor, model: Model, spec: ModelSpec, users: torch.Tensor, items: torch.Tensor, when: str = ""
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
    what = f"{when}the prediction"
    expect_tensor(out, (batch,), what, f"{spec.name}.forward", hints)
    terms = terms_by_hand(model, spec, users, items)
    expected = total(terms)
    n = worth_showing(out, expected)
    example = worked_example(model, spec, {name: term[n] for name, term in terms.items()}, users[n], items[n])
    example += f" You returned {say(out[n])}."
    ids = expected - terms["the dot product"] + users * items
    known = [*mistakes(terms, latent), ("The ids were multiplied: take the vectors that were looked up.", ids)]
    if when:
        known = [(OTHERWISE, out)]
    if not torch.equal(out, predictions(model, spec, users, items)):
        known = [(BY_CHANCE, out)]
    expect_values(out, expected, what, example, known)


def predictions(model: Model, spec: ModelSpec, users: torch.Tensor, items: torch.Tensor) -> torch.Tensor:
    """Return what a model predicts for ids; it may read a text, too, which makes no difference."""
    inputs = {"user": users, "item": items, "text": torch.ones(len(users), 1, dtype=torch.long)}
    return model(*(inputs[part].clone() for part in spec.reads))[0]


def total(terms: dict[str, torch.Tensor]) -> torch.Tensor:
    """Return the sum of the terms of predictions: (B,)."""
    return torch.stack(list(terms.values())).sum(dim=0)


def worth_showing(out: torch.Tensor, expected: torch.Tensor) -> int:
    """Return the position of a wrong prediction, of one that should be a rating from 1 to 5 if there is any."""
    differ = ~same(out, expected)
    ratings = (differ & (expected >= 1) & (expected <= 5)).nonzero()
    return int((ratings if len(ratings) else differ.nonzero())[:1].sum())


def terms_by_hand(model: Model, spec: ModelSpec, users: torch.Tensor, items: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return the terms of the predictions of a batch: their names and values (B,)."""
    terms = {f"the mean `self.{spec.mean}`": getattr(model, spec.mean).detach().expand(len(users))}
    for table in spec.biases:
        ids = users if table.of == "user" else items
        terms[f"{table.meaning} `self.{table.layer}`"] = rows_of(table, model, ids)
    pairs = rows_of(USERS, model, users), rows_of(ITEMS, model, items)
    return terms | {"the dot product": torch.einsum("bd,bd->b", *pairs)}


def worked_example(
    model: Model, spec: ModelSpec, terms: dict[str, torch.Tensor], user: torch.Tensor, item: torch.Tensor
) -> str:
    """Return a line or two that work one prediction out by hand, and say what each number in it is."""
    u, i = model.users.weight[user], model.items.weight[item]
    mean, *biases, dot = terms.values()
    names = [
        f"mean {say(mean)}",
        *(f"{table.of}'s bias {say(b)}" for table, b in zip(spec.biases, biases, strict=True)),
    ]
    result = say(total(terms))
    if len(u) > SHOWN:
        return f"For user {user} and item {item}: {', '.join(names)}, dot product {say(dot)}; together {result}."
    return (
        f"For the vectors {say(u)} of a user and {say(i)} of an item, {', '.join(names)},\n"
        f"  by hand: {by_hand(u, i, [mean, *biases])} = {result}."
    )


def mistakes(terms: dict[str, torch.Tensor], latent: int) -> list[Mistake]:
    """Return pairs (sentence, predictions) for the usual mistakes in a sum of terms."""
    out, dots = total(terms), terms["the dot product"]
    known = [("You took the mean over the latent dimension; a dot product sums.", out - dots + dots / latent)]
    for name, term in terms.items():
        known += [
            (f"Is {name} missing?", out - term),
            (f"Is {name} counted twice?", out + term),
            (f"Is {name} subtracted instead of added?", out - 2 * term),
        ]
    return [
        *known,
        ("The dot products below 0 have become 0: without relu, please.", out - dots + dots.relu()),
        ("The dot products have lost their sign: without abs, please.", out - dots + dots.abs()),
        ("Is the prediction cut to the range from 1 to 5? Leave it: where it is cut, nothing learns.", out.clamp(1, 5)),
        *(("Is the prediction rounded? Leave it: from whole stars, nothing learns.", whole) for whole in rounded(out)),
    ]


def rounded(out: torch.Tensor) -> list[torch.Tensor]:
    """Return predictions as whole stars, in a list; an empty one if they do not tell that they were rounded."""
    whole = out.round()
    return [whole] if len(whole.unique()) > 1 else []


def check_columns(model: Model, spec: ModelSpec, users: torch.Tensor, items: torch.Tensor) -> None:
    """Refuse a model that does not take ids of shape (batch, 1) as well."""
    with given("ids of shape (4, 1)"):
        out = model(users[:, None], items[:, None])[0]
    what = "for ids of shape (4, 1), the prediction"
    hint = "The first line of `forward`, which flattens the ids, should stay."
    expect_tensor(out, tuple(users.shape), what, f"{spec.name}.forward", [(None, hint)])


def check_gradients(model: Model, spec: ModelSpec, users: torch.Tensor, items: torch.Tensor) -> None:
    """Refuse values that are right, and from which the weights would learn something else, or nothing."""
    expected, cost = by_weights(model, spec, users, items), "The penalty is reckoned from what `forward` returns."
    looked_up = [table.output for table in spec.tables]
    for position, name in enumerate(spec.outputs):
        came = model(users.clone(), items.clone())[position]
        what = "" if name == "out" else f"the returned `{name}`"
        expect_learns(model, came, expected[name], keys_of(spec), what, cost if name in looked_up else "")


def by_weights(model: Model, spec: ModelSpec, users: torch.Tensor, items: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return what `forward` should return, by name, reckoned such that its gradients reach the model's weights."""
    rows = {
        table.output: getattr(model, table.layer).weight[users if table.of == "user" else items]
        for table in spec.tables
    }
    biases = {table.output: rows[table.output][:, 0] for table in spec.biases}
    mean = getattr(model, spec.mean)
    sums = mean + torch.einsum("bd,bd->b", rows["embed_u"], rows["embed_i"]) + sum(biases.values())
    return {"out": sums, **rows, **biases, spec.mean: mean}


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
