"""What the checks ask of models of items and the words said of them: layers, values, gradients, where an item is."""

import torch
from torch import nn

from exercises.kit.cosines import Batch, call_forward, check_close, points
from exercises.kit.embeddings import Model, ModelSpec, check_mean, check_start, check_tables
from exercises.kit.expect import expect_tensor, expect_values, given
from exercises.kit.factorization import check_prediction
from exercises.kit.given.fake_device import on_fake_device
from exercises.kit.given.refusals import Wrong
from exercises.kit.modules import expect_gradients, expect_module_class, fill, found, layer_of, weights_kept
from exercises.kit.negative_sampling import check_fakes, check_far

NB_USERS, NB_ITEMS, DIC_SIZE = 5, 4, 12
HAND_MADE = {
    "users.weight": [[1.0, 2.0], [2.0, -1.0], [0.0, 1.0], [1.0, 1.0], [-1.0, 0.0]],
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
    torch.tensor([[2, 3, 5, 0], [1, 4, 0, 0], [0, 0, 0, 0]]),
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
        fill(model, random_weights(model))
        check_forward(model.train(size > 3), spec, random_batch(size, longest))
    model = build(kind, spec, 3, 4)
    fill(model, random_weights(model))
    check_learns(model, spec)
    check_fakes(model, spec, long_reviews())
    check_any_device(model, spec)
    check_not_alike(build(kind, spec, 16, 16), spec)


def random_weights(model: Model) -> dict[str, torch.Tensor]:
    """Return by name, for each weight, numbers with two decimals: the same ones for each model of the same sizes."""
    draw = torch.Generator().manual_seed(1)
    weights = {
        name: (torch.randn(parameter.shape, generator=draw) * 100).round() / 100
        for name, parameter in sorted(model.named_parameters())
        if name in HAND_MADE
    }
    weights["text_emb.weight"][0] = 0  # as `padding_idx` has it
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


def build(kind: type[Model], spec: ModelSpec, latent: int, word_latent: int) -> Model:
    """Return a new model, after a look at its layers; of a model that only knows words, `latent` is word_latent."""
    sizes = (latent, word_latent) if spec.rates else (word_latent,)
    model = kind(NB_USERS, NB_ITEMS, DIC_SIZE, *sizes)
    check_tables(model, spec, NB_USERS, NB_ITEMS, sizes[0])
    check_words_table(model, spec, word_latent)
    if spec.rates:
        check_mean(model, spec)
        check_to_text(model, spec, latent, word_latent)
    return model


def check_words_table(model: Model, spec: ModelSpec, word_latent: int) -> None:
    """Refuse a model without an embedding of the words that knows its padding."""
    layer = layer_of(model, spec, "text_emb")
    if not isinstance(layer, nn.Embedding):
        raise Wrong(f"`self.text_emb` should be an nn.Embedding, one vector per word; found {found(layer)}.")
    if tuple(layer.weight.shape) != (DIC_SIZE, word_latent):
        size, columns = ", ".join(map(str, layer.weight.shape)), "word_latent_size" if spec.rates else "latent_size"
        raise Wrong(
            f"`self.text_emb` is an Embedding({size}), expected Embedding({DIC_SIZE}, {word_latent}).\n"
            f"  One row per word id (`dic_size` counts padding and unknown already), {columns} numbers in each."
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
    for users, items in [(torch.tensor([3, 4]), torch.tensor([1, 0])), (torch.tensor([3]), torch.tensor([1]))]:
        expected, other = (points(model, spec, ids) for ids in (items, users % NB_ITEMS))
        for shape in [(len(items),), (len(items), 1)]:
            with given(f"users and items of shape {shape}"), weights_kept(model, "get_text"):
                came = model.get_text(users.view(shape), items.view(shape))
            what = f"what `get_text` returns for ids of shape {shape}"
            hint = "One point among the words per item, please."
            expect_tensor(came, tuple(expected.shape), what, f"{spec.name}.get_text", [(None, hint)])
            example = f"It should be `{spec.point}` of each item: where the words that it is near to are."
            expect_values(came, expected, what, example, [("The users' ids were looked up among the items.", other)])


# --- gradients and devices


def check_learns(model: Model, spec: ModelSpec) -> None:
    """Refuse a model of which some weight cannot learn, from each of what `forward` returns."""
    batch = Batch(torch.tensor([0, 1, 2]), torch.tensor([3, 0, 2]), torch.tensor([[2, 3, 9], [1, 4, 0], [7, 0, 0]]))
    first, every_item = torch.tensor([0]), batch.items
    point = {"items.weight": every_item}
    if spec.rates:
        point |= {"to_text.weight": first} | ({} if model.to_text.bias is None else {"to_text.bias": first})
    used = {
        "close": point | {"text_emb.weight": batch.real[1]},
        "far": point,
        "embed_i": {"items.weight": every_item},
        "embed_u": {"users.weight": batch.users},
        "out": {"users.weight": batch.users, "items.weight": every_item, "mean": first},
    }
    for name in spec.outputs:
        if name in used:
            check_output_learns(model, spec, batch, name, used[name])


def check_output_learns(model: Model, spec: ModelSpec, batch: Batch, name: str, used: dict[str, torch.Tensor]) -> None:
    """Refuse an output that does not reach the weights in `used`, or reaches them with something that is no number."""
    try:
        expect_gradients(model, call_forward(model, spec, batch)[name], used)
        words = model.text_emb.weight.grad
        if name == "far" and (words is None or not words.any()):
            raise Wrong("no gradient reaches `self.text_emb`, so fake words cannot move.")
    except Wrong as wrong:
        raise Wrong(f"from `{name}`, {wrong}") from None
    for key in used:
        gradient = model.get_parameter(key).grad
        assert gradient is not None
        if not gradient.isfinite().all():
            raise Wrong(
                f"from `{name}`, the gradient of `self.{key}` is not a number, and one step would spoil the model.\n"
                "  Is something divided by a length that can be 0, as that of padding is?"
            )


def check_any_device(model: Model, spec: ModelSpec) -> None:
    """Refuse a forward pass, or a `get_text`, that makes a tensor for the CPU alone."""
    batch = random_batch(3, 4)
    with on_fake_device(f"{spec.name}.forward", "text.device"):
        model(*(batch if spec.rates else batch[1:]))
    with on_fake_device(f"{spec.name}.get_text", "item.device"):
        model.get_text(batch.users, batch.items)
