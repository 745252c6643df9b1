"""What the checks ask of models of items and the words said of them: layers, values, gradients, where an item is."""

import torch
from torch import nn

from helpers.checks.elsewhere import elsewhere
from helpers.checks.fake_words import check_fakes, check_far
from helpers.checks.forward import check_prediction
from helpers.checks.layers import check_mean, check_start, check_tables
from helpers.checks.models import expect_gradients, expect_module_class, weights_kept
from helpers.checks.near_words import Batch, call_forward, check_close, points
from helpers.checks.text_models import fill, found, layer_of
from helpers.checks.verdict import Wrong, expect_tensor, expect_values, given

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


def check_text_model(kind, design):
    """Check a model on a hand-made example, on random ones, in the fakes it draws, and in how it treats its weights."""
    expect_module_class(kind, design.name)
    model = build(kind, design, 2, 2)
    fill(model, HAND_MADE)
    check_forward(model, design, HAND_MADE_BATCH)
    check_columns(model, design)
    for size, longest, latent, word_latent in [(4, 6, 2, 3), (1, 4, 2, 2), (5, 1, 3, 2), (3, 2, 1, 1), (1, 1, 1, 1)]:
        model = build(kind, design, latent, word_latent)
        fill(model, random_weights(model))
        check_forward(model.train(size > 3), design, random_batch(size, longest))
    model = build(kind, design, 3, 4)
    fill(model, random_weights(model))
    check_learns(model, design)
    check_fakes(model, design, long_reviews())
    check_any_device(model, design)
    check_not_alike(build(kind, design, 16, 16), design)


def random_weights(model):
    """Return by name, for each weight, numbers with two decimals: the same ones for each model of the same sizes."""
    draw = torch.Generator().manual_seed(1)
    weights = {
        name: (torch.randn(parameter.shape, generator=draw) * 100).round() / 100
        for name, parameter in sorted(model.named_parameters())
        if name in HAND_MADE
    }
    weights["text_emb.weight"][0] = 0  # as `padding_idx` has it
    return weights


def random_batch(size, longest):
    """Return a batch whose first review is full, an unknown word first, and whose others are half empty."""
    text = torch.randint(2, DIC_SIZE, (size, longest))
    text[0, 0] = 1
    text[1:, longest // 2 + 1 :] = 0
    return Batch(torch.randint(NB_USERS, (size,)), torch.randperm(NB_ITEMS).repeat(2)[:size], text)


def long_reviews():
    """Return a batch of many words and little variety, unknown ones among them: fakes must not be taken from it."""
    text = torch.randint(1, 5, (NB_ITEMS, 600))
    for review, length in enumerate([600, 500, 400, 300]):
        text[review, length:] = 0
    return Batch(torch.arange(NB_ITEMS), torch.arange(NB_ITEMS), text)


# --- layers


def build(kind, design, latent, word_latent):
    """Return a new model, after a look at its layers; of a model that only knows words, `latent` is word_latent."""
    sizes = (latent, word_latent) if design.rates else (word_latent,)
    model = kind(NB_USERS, NB_ITEMS, DIC_SIZE, *sizes)
    check_tables(model, design, NB_USERS, NB_ITEMS, sizes[0])
    check_text_emb(model, design, word_latent)
    if design.rates:
        check_mean(model, design)
        check_to_text(model, design, latent, word_latent)
    return model


def check_text_emb(model, design, word_latent):
    """Refuse a model without an embedding of the words that knows its padding."""
    layer = layer_of(model, design, "text_emb")
    if not isinstance(layer, nn.Embedding):
        raise Wrong(f"`self.text_emb` should be an nn.Embedding, one vector per word; found {found(layer)}.")
    if tuple(layer.weight.shape) != (DIC_SIZE, word_latent):
        size, columns = ", ".join(map(str, layer.weight.shape)), "word_latent_size" if design.rates else "latent_size"
        raise Wrong(
            f"`self.text_emb` is an Embedding({size}), expected Embedding({DIC_SIZE}, {word_latent}).\n"
            f"  One row per word id (`dic_size` counts padding and unknown already), {columns} numbers in each."
        )
    if layer.padding_idx != 0:
        raise Wrong(
            f"`self.text_emb` should know that word id 0 is padding; its `padding_idx` is {layer.padding_idx}.\n"
            "  With it, row 0 holds zeros for good: padding is no word, and nothing is to be learned of it."
        )


def check_to_text(model, design, latent, word_latent):
    """Refuse a model without the linear layer that leads from items to words."""
    layer = layer_of(model, design, "to_text")
    if not isinstance(layer, nn.Linear):
        raise Wrong(f"`self.to_text` should be an nn.Linear, from items' vectors to words'; found {found(layer)}.")
    if (layer.in_features, layer.out_features) != (latent, word_latent):
        raise Wrong(
            f"`self.to_text` is a Linear({layer.in_features}, {layer.out_features}), "
            f"expected Linear({latent}, {word_latent}).\n"
            "  It reads an item's vector, latent_size numbers, and returns a point among words, word_latent_size."
        )


def check_not_alike(model, design):
    """Refuse a new model whose vectors start all alike: each step would move them all alike, too."""
    if design.rates:
        check_start(model, design)
    for name in [table.layer for table in design.tables] + ["text_emb"]:
        if not getattr(model, name).weight[2:].std() > 1e-4:
            raise Wrong(f"the vectors in `self.{name}` start all alike; start them from random numbers, as torch does.")


# --- values


def check_forward(model, design, batch):
    """Compare all that `forward` returns with what the model's own weights give by hand."""
    outputs, where = call_forward(model, design, batch), f"{design.name}.forward"
    for table in design.tables:
        ids = batch.users if table.of == "user" else batch.items
        rows, what = getattr(model, table.layer).weight.detach()[ids], f"the returned `{table.output}`"
        expect_tensor(outputs[table.output], tuple(rows.shape), what, where, [(None, in_order(design))])
        example = f"It should be the row of `self.{table.layer}` of each {table.of} of the batch. {in_order(design)}"
        expect_values(outputs[table.output], rows, what, example)
    if design.rates:
        check_prediction(outputs["out"], model, design, batch.users, batch.items)
        expect_tensor(outputs["mean"], (1,), "the returned `mean`", where, [(None, in_order(design))])
        expect_values(outputs["mean"], model.mean.detach(), "the returned `mean`", "Return `self.mean` as it is.")
    check_close(outputs["close"], model, design, batch)
    check_far(outputs["far"], model, design, batch)
    check_get_text(model, design)


def in_order(design):
    """Return what `forward` returns, as a sentence."""
    return f"`forward` returns, in this order: {', '.join(design.outputs)}."


def check_columns(model, design):
    """Refuse a model that does not take ids of shape (batch, 1) as well, or not when it no longer learns."""
    users, items, text = HAND_MADE_BATCH
    columns = Batch(users[:, None], items[:, None], text)
    with torch.no_grad():
        outputs = call_forward(model.eval(), design, columns)
    what, where = "for items of shape (3, 1), the returned `{}`", f"{design.name}.forward"
    hint = [(None, "The ids should be flattened before they are looked up.")]
    if design.rates:
        expect_tensor(outputs["out"], (3,), what.format("out"), where, hint)
    expect_tensor(outputs["embed_i"], (3, 2), what.format("embed_i"), where, hint)
    check_close(outputs["close"], model, design, HAND_MADE_BATCH)
    check_far(outputs["far"], model, design, HAND_MADE_BATCH)


def check_get_text(model, design):
    """Refuse a `get_text` that does not return where items are among the words, for ids of shape (B,) and (B, 1)."""
    for users, items in [(torch.tensor([3, 4]), torch.tensor([1, 0])), (torch.tensor([3]), torch.tensor([1]))]:
        expected, other = (points(model, design, ids) for ids in (items, users % NB_ITEMS))
        for shape in [(len(items),), (len(items), 1)]:
            with given(f"users and items of shape {shape}"), weights_kept(model, "get_text"):
                came = model.get_text(users.view(shape), items.view(shape))
            what = f"what `get_text` returns for ids of shape {shape}"
            hint = "One point among the words per item, please."
            expect_tensor(came, tuple(expected.shape), what, f"{design.name}.get_text", [(None, hint)])
            example = f"It should be `{design.point}` of each item: where the words that it is near to are."
            expect_values(came, expected, what, example, [("The users' ids were looked up among the items.", other)])


# --- gradients and devices


def check_learns(model, design):
    """Refuse a model of which some weight cannot learn, from each of what `forward` returns."""
    batch = Batch(torch.tensor([0, 1, 2]), torch.tensor([3, 0, 2]), torch.tensor([[2, 3, 9], [1, 4, 0], [7, 0, 0]]))
    first, every_item = torch.tensor([0]), batch.items
    point = {"items.weight": every_item}
    if design.rates:
        point |= {"to_text.weight": first} | ({} if model.to_text.bias is None else {"to_text.bias": first})
    used = {
        "close": point | {"text_emb.weight": batch.real[1]},
        "far": point,
        "embed_i": {"items.weight": every_item},
        "embed_u": {"users.weight": batch.users},
        "out": {"users.weight": batch.users, "items.weight": every_item, "mean": first},
    }
    for name in design.outputs:
        if name in used:
            check_output_learns(model, design, batch, name, used[name])


def check_output_learns(model, design, batch, name, used):
    """Refuse an output that does not reach the weights in `used`, or reaches them with something that is no number."""
    try:
        expect_gradients(model, call_forward(model, design, batch)[name], used)
        words = model.text_emb.weight.grad
        if name == "far" and (words is None or not words.any()):
            raise Wrong("no gradient reaches `self.text_emb`, so fake words cannot move.")
    except Wrong as wrong:
        raise Wrong(f"from `{name}`, {wrong}") from None
    for key in used:
        if not model.get_parameter(key).grad.isfinite().all():
            raise Wrong(
                f"from `{name}`, the gradient of `self.{key}` is not a number, and one step would spoil the model.\n"
                "  Is something divided by a length that can be 0, as that of padding is?"
            )


def check_any_device(model, design):
    """Refuse a forward pass, or a `get_text`, that makes a tensor for the CPU alone."""
    batch = random_batch(3, 4)
    with elsewhere(f"{design.name}.forward", "text.device"):
        model(*(batch if design.rates else batch[1:]))
    with elsewhere(f"{design.name}.get_text", "item.device"):
        model.get_text(batch.users, batch.items)
