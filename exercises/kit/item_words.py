"""What the checks ask of models of items and the words said of them: layers, values, gradients, where an item is."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from exercises.kit.cosines import (
    Batch,
    call_forward,
    check_close,
    dots_and_cosines,
    identify,
    log_sigmoid,
    points,
    through_layer,
)
from exercises.kit.embeddings import check_mean, check_start, check_tables, refuse_options
from exercises.kit.expect import expect_tensor, expect_values, given
from exercises.kit.factorization import check_prediction
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.refusals import Wrong
from exercises.kit.modules import (
    expect_learns,
    expect_module_class,
    fill,
    found,
    layer_of,
    parameter,
    weights_kept,
)
from exercises.kit.negative_sampling import check_fakes, check_far
from exercises.kit.specs import Model, ModelSpec

NB_USERS, NB_ITEMS, DIC_SIZE = 5, 4, 12
MANY = (501, 301, 10_002)  # users, items, word ids: of these as many as in the session, or so
HAND_MADE = {  # every rating that is predicted in its batch is one from 1 to 5
    "users.weight": [[0.25, 0.5], [0.5, -0.25], [0.5, 1.0], [-0.25, 0.25], [-0.5, 0.0]],
    "items.weight": [[3.0, 4.0], [2.0, 0.0], [0.0, -1.0], [-4.0, 3.0]],
    "text_emb.weight": [
        [0, 0],
        [1, 0],
        [4, 3],
        [0, 2],
        [-3, 4],
        [5, 12],
        [8, 6],
        [-1, 0],
        [3, -4],
        [6, 8],
        [0, 5],
        [1, 1],
    ],
    "to_text.weight": [[0.0, 1.0], [1.0, 0.0]],
    "to_text.bias": [0.0, 1.0],
    "mean": [3.0],
}
HAND_MADE_BATCH = Batch(
    torch.tensor([3, 0, 2]),
    torch.tensor([0, 3, 1]),
    torch.tensor([[2, 3, 5, 8], [4, 1, 6, 9], [1, 1, 0, 0]]),  # in each wrong way to choose, another number of words
)


def check_item_model(kind: type[Model], spec: ModelSpec) -> None:
    """Check a model on a hand-made example, on random ones, in the fakes it draws, and in how it treats its weights."""
    expect_module_class(kind, spec.name)
    model = build(kind, spec, 2, 2)
    fill(model, HAND_MADE)
    check_forward(model, spec, HAND_MADE_BATCH)
    check_columns(model, spec)
    for size, longest, latent, word_latent in [(4, 6, 2, 3), (1, 4, 2, 2), (5, 1, 3, 2), (3, 2, 1, 1), (1, 1, 1, 1)]:
        model = build(kind, spec, latent, word_latent)
        fill(model, random_weights(model, spec))
        check_forward(model.train(size > 3), spec, random_batch(size, longest))
    model = build(kind, spec, 3, 4)
    fill(model, random_weights(model, spec))
    check_fakes(model, spec, long_reviews())
    check_learns(model, spec)
    check_any_device(model, spec)
    check_not_alike(build(kind, spec, 16, 16), spec)
    check_many(kind, spec)


def keys_of(spec: ModelSpec) -> list[str]:
    """Return what leads to the weights of a model."""
    rates = ["to_text.weight", "to_text.bias", spec.mean] if spec.rates else []
    return [*(f"{table.layer}.weight" for table in spec.tables), "text_emb.weight", *rates]


def random_weights(model: Model, spec: ModelSpec) -> dict[str, torch.Tensor]:
    """Return by what leads to them, for each weight, numbers with two decimals: for models of the same sizes the same.

    The mean is near 3, and the padding's vector is 0, as `padding_idx` has it.
    """
    draw = torch.Generator().manual_seed(1)
    shapes = {key: weight.shape for key in sorted(keys_of(spec)) if (weight := parameter(model, key)) is not None}
    weights = {key: (torch.randn(shape, generator=draw) * 100).round() / 100 for key, shape in shapes.items()}
    if spec.rates:
        weights[spec.mean] = 3 + weights[spec.mean] / 4
    weights["text_emb.weight"][0] = 0
    return weights


def random_batch(size: int, longest: int) -> Batch:
    """Return a batch whose first review is full, an unknown word first, and whose others are half empty."""
    text = torch.randint(2, DIC_SIZE, (size, longest))
    text[0, 0] = 1
    text[1:, longest // 2 + 1 :] = 0
    return Batch(torch.randint(NB_USERS, (size,)), torch.randperm(NB_ITEMS).repeat(2)[:size], text)


def long_reviews() -> Batch:
    """Return a batch of many words and little variety, unknown ones among them: fakes must not be taken from it."""
    text = torch.randint(1, 5, (NB_ITEMS, 600))
    for review, length in enumerate([600, 500, 400, 300]):
        text[review, length:] = 0
    return Batch(torch.arange(NB_ITEMS), torch.arange(NB_ITEMS), text)


# --- layers


def check_constructor(kind: type[Model], spec: ModelSpec) -> None:
    """Check the layers of a model, whatever it compares."""
    expect_module_class(kind, spec.name)
    for latent, word_latent in [(2, 3), (3, 2), (1, 1)]:
        build(kind, spec, latent, word_latent)
    build(kind, spec, 15, 16, MANY)


def build(
    kind: type[Model],
    spec: ModelSpec,
    latent: int,
    word_latent: int,
    sizes: tuple[int, int, int] = (NB_USERS, NB_ITEMS, DIC_SIZE),
) -> Model:
    """Return a new model, after a look at its layers; of a model that only knows words, `latent` is word_latent.

    sizes: the numbers of users, items and word ids.
    """
    latents = (latent, word_latent) if spec.rates else (word_latent,)
    model = kind(*sizes, *latents)
    check_tables(model, spec, *sizes[:2], latents[0])
    check_words_table(model, spec, word_latent, sizes[2])
    if spec.rates:
        check_mean(model, spec)
        check_to_text(model, spec, latent, word_latent)
    return model


def check_words_table(model: Model, spec: ModelSpec, word_latent: int, dic_size: int) -> None:
    """Refuse a model without an embedding of the words that knows its padding."""
    layer = layer_of(model, spec, "text_emb")
    if not isinstance(layer, nn.Embedding):
        raise Wrong(f"`self.text_emb` should be an nn.Embedding, one vector per word; found {found(layer)}.")
    refuse_options(layer, "text_emb")
    if tuple(layer.weight.shape) != (dic_size, word_latent):
        size, columns = ", ".join(map(str, layer.weight.shape)), "word_latent_size" if spec.rates else "latent_size"
        hint = f"One row per word id (`dic_size` counts padding and unknown already), {columns} numbers in each."
        if abs(layer.weight.shape[0] - dic_size) > 2:
            hint = (
                f"Is a size typed in? Take the argument `dic_size`: it is {dic_size} here, other than in the notebook."
            )
        raise Wrong(
            f"`self.text_emb` is an Embedding({size}), expected Embedding({dic_size}, {word_latent}).\n  {hint}"
        )
    if layer.padding_idx != 0:
        raise Wrong(
            f"`self.text_emb` should know that word id 0 is padding; its `padding_idx` is {layer.padding_idx}.\n"
            "  With it, row 0 holds zeros for good: padding is no word, and nothing is to be learned of it."
        )


def check_to_text(model: Model, spec: ModelSpec, latent: int, word_latent: int) -> None:
    """Refuse a model without the linear layer that leads from items to words."""
    layer = layer_of(model, spec, "to_text")
    if not isinstance(layer, nn.Linear):
        raise Wrong(f"`self.to_text` should be an nn.Linear, from items' vectors to words'; found {found(layer)}.")
    if (layer.in_features, layer.out_features) != (latent, word_latent):
        raise Wrong(
            f"`self.to_text` is a Linear({layer.in_features}, {layer.out_features}), "
            f"expected Linear({latent}, {word_latent}).\n"
            "  It reads an item's vector, latent_size numbers, and returns a point among words, word_latent_size."
        )
    if layer.bias is None:
        raise Wrong("`self.to_text` has no bias, the c in W I + c.\n  Leave `bias` at its default, which is True.")


def check_not_alike(model: Model, spec: ModelSpec) -> None:
    """Refuse a new model whose vectors start all alike: each step would move them all alike, too."""
    if spec.rates:
        check_start(model, spec)
    for name in [table.layer for table in spec.tables] + ["text_emb"]:
        if not getattr(model, name).weight[2:].std() > 1e-4:
            raise Wrong(f"the vectors in `self.{name}` start all alike; start them from random numbers, as torch does.")


# --- values


def check_forward(model: Model, spec: ModelSpec, batch: Batch) -> None:
    """Compare all that `forward` returns with what the model's own weights give by hand."""
    outputs, where = call_forward(model, spec, batch), f"{spec.name}.forward"
    for table in spec.tables:
        ids = batch.users if table.of == "user" else batch.items
        rows, what = getattr(model, table.layer).weight.detach()[ids], f"the returned `{table.output}`"
        expect_tensor(outputs[table.output], tuple(rows.shape), what, where, [(None, in_order(spec))])
        example = f"It should be the row of `self.{table.layer}` of each {table.of} of the batch. {in_order(spec)}"
        expect_values(outputs[table.output], rows, what, example)
    if spec.rates:
        check_prediction(outputs["out"], model, spec, batch.users, batch.items)
        expect_tensor(outputs["mean"], (1,), "the returned `mean`", where, [(None, in_order(spec))])
        expect_values(outputs["mean"], model.mean.detach(), "the returned `mean`", "Return `self.mean` as it is.")
    check_close(outputs["close"], model, spec, batch)
    check_far(outputs["far"], model, spec, batch)
    check_get_text(model, spec)


def in_order(spec: ModelSpec) -> str:
    """Return what `forward` returns, as a sentence."""
    return f"`forward` returns, in this order: {', '.join(spec.outputs)}."


def check_columns(model: Model, spec: ModelSpec) -> None:
    """Refuse a model that does not take ids of shape (batch, 1) as well, or not when it no longer learns."""
    users, items, text = HAND_MADE_BATCH
    columns = Batch(users[:, None], items[:, None], text)
    with torch.no_grad():
        outputs = call_forward(model.eval(), spec, columns)
    what, where = "for items of shape (3, 1), the returned `{}`", f"{spec.name}.forward"
    hint = [(None, "The ids should be flattened before they are looked up.")]
    if spec.rates:
        expect_tensor(outputs["out"], (3,), what.format("out"), where, hint)
    expect_tensor(outputs["embed_i"], (3, 2), what.format("embed_i"), where, hint)
    check_close(outputs["close"], model, spec, HAND_MADE_BATCH)
    check_far(outputs["far"], model, spec, HAND_MADE_BATCH)


def check_get_text(model: Model, spec: ModelSpec) -> None:
    """Refuse a `get_text` that does not return where items are among the words, for ids of shape (B,) and (B, 1)."""
    for users, items in [(torch.tensor([3, 2]), torch.tensor([1, 0])), (torch.tensor([3]), torch.tensor([1]))]:
        expected, other = (points(model, spec, ids) for ids in (items, users % NB_ITEMS))
        for shape in [(len(items),), (len(items), 1)]:
            with given(f"users and items of shape {shape}"), weights_kept(model, "get_text"):
                came = model.get_text(users.view(shape), items.view(shape))
            what = f"what `get_text` returns for ids of shape {shape}"
            hint = "One point among the words per item, please."
            expect_tensor(came, tuple(expected.shape), what, f"{spec.name}.get_text", [(None, hint)])
            example = f"It should be `{spec.point}` of each item: where the words that it is near to are."
            known = [("The users' ids were looked up among the items.", other)]
            if spec.rates:
                of_users = through_layer(model, model.users.weight.detach()[users])
                known.append(("That is where the users would be: it is items that have words.", of_users))
            expect_values(came, expected, what, example, known)


# --- gradients and devices


def check_learns(model: Model, spec: ModelSpec) -> None:
    """Refuse values that are right, and from which the weights would learn something else, or nothing."""
    batch = Batch(torch.tensor([0, 1, 2]), torch.tensor([3, 0, 2]), torch.tensor([[2, 3, 9], [1, 4, 0], [7, 0, 0]]))
    expected = by_weights(model, spec, batch)
    for name in spec.outputs:
        came = call_forward(model, spec, batch)[name]
        wanted = far_by_weights(model, spec, batch, came) if name == "far" else expected[name]
        if name == "close":  # whichever order the words come in, the loss is the same
            came, wanted = came.sort().values, wanted.sort().values
        expect_learns(model, came, wanted, keys_of(spec), f"`{name}`")


def by_weights(model: Model, spec: ModelSpec, batch: Batch) -> dict[str, torch.Tensor]:
    """Return what `forward` should return but for `far`, by name, such that gradients reach the model's weights."""
    reviews, words = batch.real
    values = {"embed_i": model.items.weight[batch.items]}
    if spec.rates:
        values |= {"embed_u": model.users.weight[batch.users], "mean": model.mean}
        values["out"] = model.mean + torch.einsum("bd,bd->b", values["embed_u"], values["embed_i"])
    cosines = cosines_of(learning_points(model, spec, batch.items)[reviews], model.text_emb.weight[words])
    return values | {"close": log_sigmoid(cosines)}


def far_by_weights(model: Model, spec: ModelSpec, batch: Batch, far: torch.Tensor) -> torch.Tensor:
    """Return the same `far`, reckoned from the model's weights: from those of the fake words that it tells."""
    table = model.text_emb.weight.detach()
    pairs = identify(far, log_sigmoid(-dots_and_cosines(points(model, spec, batch.items), table)[1]))
    if pairs is None:
        raise Wrong("`far` holds values that no word of the vocabulary gives.")
    reviews, fakes = pairs
    return log_sigmoid(-cosines_of(learning_points(model, spec, batch.items)[reviews], model.text_emb.weight[fakes]))


def learning_points(model: Model, spec: ModelSpec, items: torch.Tensor) -> torch.Tensor:
    """Return where items are among the words, such that gradients reach the model's weights: (B, word_latent)."""
    rows = model.items.weight[items]
    return rows @ model.to_text.weight.T + model.to_text.bias if spec.rates else rows


def cosines_of(points: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """Return the cosine of each point with the word of its row: (N, D), (N, D) -> (N,)."""
    return torch.einsum("nd,nd->n", points, words) / (points.norm(dim=1) * words.norm(dim=1))


def check_many(kind: type[Model], spec: ModelSpec) -> None:
    """Check a model of as many words as the session has, on ids of all of them."""
    model = build(kind, spec, 15, 16, MANY)
    fill(model, random_weights(model, spec))
    nb_users, nb_items, dic_size = MANY
    text = torch.randint(1, dic_size, (60, 5)) * (torch.arange(5) < torch.randint(1, 6, (60, 1)))
    text[30, 0] = dic_size - 1
    users, items = torch.randint(nb_users, (60,)), torch.randint(nb_items, (60,))
    items[:2] = torch.tensor([nb_items - 1, 0])
    check_forward(model, spec, Batch(users, items, text))
    check_range(model, spec, Batch(users, items, text))


def check_range(model: Model, spec: ModelSpec, batch: Batch) -> None:
    """Refuse fake words that are not drawn from the whole of a large vocabulary.

    All items point one way, and words away from it on a half circle, in the order of their ids: so `far` tells them.
    """
    dic_size, word_latent = model.text_emb.weight.shape
    angles = torch.linspace(0, math.pi, dic_size)
    circle = F.pad(torch.stack([angles.cos(), angles.sin()], dim=1), (0, word_latent - 2))
    one_way = {"items.weight": circle[:1].expand(MANY[1], -1)}
    if spec.rates:
        one_way = {"to_text.weight": torch.zeros_like(model.to_text.weight), "to_text.bias": circle[0]}
    fill(model, {"text_emb.weight": circle} | one_way)
    with torch.no_grad():
        far = torch.cat([call_forward(model, spec, batch)["far"] for _ in range(4)]).clamp(max=-1e-6)
    cosines = -(far.exp() / (1 - far.exp())).log()
    times = torch.histc(cosines.clamp(-1, 1).acos(), bins=10, min=0, max=math.pi)
    usual = len(far) / 10
    if ((times - usual) ** 2).sum() / usual > 60:  # chi-square with 9 degrees of freedom
        tenth = dic_size // 10
        raise Wrong(
            f"of {len(far)} fake words from a vocabulary of {dic_size}, there are in each tenth of the ids, {tenth} "
            f"words:\n  {times.long().tolist()}. Draw them from all words, up to the last."
        )


def check_any_device(model: Model, spec: ModelSpec) -> None:
    """Refuse a forward pass, or a `get_text`, that makes a tensor for the CPU alone."""
    batch = random_batch(3, 4)
    with on_fake_device(f"{spec.name}.forward", "text.device"):
        model(*(batch if spec.rates else batch[1:]))
    with on_fake_device(f"{spec.name}.get_text", "item.device"):
        model.get_text(batch.users, batch.items)
