"""What the checks ask of models that read a rating off the words of its review."""

from typing import NamedTuple

import torch
from torch import nn

from helpers.checks.layers import ITEMS, USERS, Table, check_tables
from helpers.checks.models import expect_any_device, expect_gradients, expect_module_class, found
from helpers.checks.text_predictions import check_predictions, rate, vectors_by_hand
from helpers.checks.verdict import StillToDo, Wrong, expect_tensor, expect_values, given, random_halves, say

NB_USERS, NB_ITEMS, DIC_SIZE = 4, 7, 9
HAND_MADE = {
    "users.weight": [[1.0, 2.0], [2.0, -1.0], [0.0, 1.0], [3.0, 3.0]],
    "items.weight": [[1.0, 0.0], [3.0, 4.0], [-1.0, 2.0], [5.0, 5.0], [2.0, 2.0], [0.0, 1.0], [1.0, 1.0]],
    "text_emb.weight": [[9.0, -3], [1, -2], [2, 4], [4, 0], [-1, 1], [3, 3], [0, 5], [6, 1], [2, -2]],
    "to_rating.bias": [3.0],
}
HAND_MADE_INPUTS = {
    "user": torch.tensor([0, 1, 0, 2]),
    "item": torch.tensor([1, 1, 0, 6]),
    "text": torch.tensor([[2, 3, 0, 0], [4, 2, 2, 5], [1, 7, 3, 0], [8, 0, 0, 0]]),
}


class TextModel(NamedTuple):
    """A model of notebook 3 as its exercise describes it."""

    name: str
    tables: tuple[Table, ...]

    @property
    def parts(self):
        """What `to_rating` reads, in order."""
        return [*(table.of for table in self.tables), "text"]

    def build(self, kind, latent):
        """Return a new model of this kind, after a look at its layers."""
        model = kind(*((NB_USERS, NB_ITEMS) if self.tables else ()), DIC_SIZE, latent)
        check_tables(model, self, NB_USERS, NB_ITEMS, latent)
        check_text_emb(model, self, latent)
        check_to_rating(model, self, latent * len(self.parts))
        return model


PLAIN = TextModel("RatingPred", ())
PROFILE = TextModel("RatingPredProfile", (USERS, ITEMS))


def check_text_model(kind, design):
    """Check a model on a hand-made example, on random ones, and in how it treats its weights."""
    expect_module_class(kind, design.name)
    model = design.build(kind, latent=2)
    fill(model, HAND_MADE | {"to_rating.weight": [[1.0, -1.0, 2.0, 0.5, 1.0, -2.0][: 2 * len(design.parts)]]})
    check_predictions(model, design, {part: HAND_MADE_INPUTS[part] for part in design.parts})
    check_ids_in_columns(model, design)
    for batch, longest, latent in [(5, 4, 2), (1, 3, 2), (6, 1, 3), (4, 5, 1), (1, 1, 1)]:
        model = design.build(kind, latent)
        fill(model, {key: random_halves(*weight.shape) for key, weight in model.named_parameters()})
        inputs = random_inputs(design, batch, longest)
        check_predictions(model, design, inputs)
        check_predictions(model.eval(), design, inputs, "in eval mode, the prediction")
    check_padding_only(model, design)
    check_gradients(design.build(kind, latent=3), design)
    check_start(design.build(kind, latent=16), design)
    check_device(model, design)


def fill(model, weights):
    """Write `weights`, by name, into those parameters of `model` that it has."""
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if key in weights:
                weight.copy_(torch.as_tensor(weights[key]))


def random_inputs(design, batch, longest):
    """Return ids and text, (batch,) and (batch, longest), by what they are; some reviews end in padding."""
    lengths = torch.randint(1, longest + 1, (batch, 1))
    lengths[0] = longest
    text = torch.randint(1, DIC_SIZE, (batch, longest)) * (torch.arange(longest) < lengths)
    ids = {"user": torch.randint(NB_USERS, (batch,)), "item": torch.randint(NB_ITEMS, (batch,))}
    return {part: (ids | {"text": text})[part] for part in design.parts}


# --- layers


def layer_of(model, design, name):
    """Return a layer of `model`, or None if it has none of this name; refuse one that is still to do."""
    layer = getattr(model, name, None)
    if layer is ...:
        raise StillToDo(f"replace the `...` of `self.{name}` in `{design.name}.__init__`.")
    return layer


def check_text_emb(model, design, latent):
    """Refuse a model without a bag of word vectors. How the bag averages is judged by what `forward` returns."""
    layer = layer_of(model, design, "text_emb")
    if not isinstance(layer, nn.EmbeddingBag):
        raise Wrong(f"`self.text_emb` should be an nn.EmbeddingBag that averages word vectors; found {found(layer)}.")
    if tuple(layer.weight.shape) != (DIC_SIZE, latent):
        size = ", ".join(map(str, layer.weight.shape))
        raise Wrong(
            f"`self.text_emb` is an EmbeddingBag({size}), expected EmbeddingBag({DIC_SIZE}, {latent}).\n"
            "  One row per word id, and `dic_size` counts padding and the unknown word already."
        )


def check_to_rating(model, design, width):
    """Refuse a model without a linear layer, with its bias, from all it knows to one number."""
    layer = layer_of(model, design, "to_rating")
    if not isinstance(layer, nn.Linear):
        raise Wrong(f"`self.to_rating` should be an nn.Linear that makes a rating of a vector; found {found(layer)}.")
    if (layer.in_features, layer.out_features) != (width, 1):
        size = f"{layer.in_features}, {layer.out_features}"
        raise Wrong(
            f"`self.to_rating` is a Linear({size}), expected Linear({width}, 1).\n"
            f"  It reads {' and '.join(design.parts)}: {width} numbers in all here; it returns one rating."
        )
    if layer.bias is None:
        raise Wrong("`self.to_rating` has no bias.\n  Where the words say nothing, the rating should be near 4, not 0.")


# --- how it treats ids, padding, weights and devices


def check_ids_in_columns(model, design):
    """Refuse a model that does not take ids of shape (batch, 1) as well."""
    if design.tables:
        with given("ids of shape (4, 1)"):
            out = model(*(value if part == "text" else value[:, None] for part, value in HAND_MADE_INPUTS.items()))
        hint = "The first line of `forward`, which flattens the ids, should stay."
        what = "for ids of shape (4, 1), the prediction"
        expect_tensor(out, (4,), what, f"{design.name}.forward", [(None, hint)])


def check_padding_only(model, design):
    """Refuse a model that makes something of a review without any word."""
    inputs = random_inputs(design, 2, 3)
    inputs["text"][1] = 0
    out, expected = model(*inputs.values()), rate(model, vectors_by_hand(model, design, inputs).values())
    hint = (
        "A mean of no words is 0 divided by 0." if out.isnan().any() else "No word has a vector of zeros as its mean."
    )
    example = f"For a review of padding only the bias remains, {say(expected[1])}. You returned {say(out[1])}."
    expect_values(out, expected, "the prediction", f"{example}\n  {hint}")


def check_gradients(model, design):
    """Refuse a prediction that some weight it was computed from cannot learn from."""
    fill(model, {key: random_halves(*weight.shape).abs() for key, weight in model.named_parameters()})  # none cancel
    ids, text = torch.tensor([0, 1, 2, 3]), torch.tensor([[1, 2, 3], [4, 5, 0], [6, 0, 0], [7, 8, 0]])
    used = {f"{table.layer}.weight": ids for table in design.tables}
    used |= {"text_emb.weight": text[text != 0], "to_rating.weight": ids[:1], "to_rating.bias": ids[:1]}
    expect_gradients(model, model(*[ids for _ in design.tables], text), used)


def check_start(model, design):
    """Refuse a new model that starts where no learning leads away from."""
    inputs = random_inputs(design, 20, 6)
    with torch.no_grad():
        out = model(*inputs.values())
    if not (out.abs() < 100).all():
        raise Wrong(
            f"a new model predicts up to {say(out[out.abs().argmax()])}, expected a few stars.\n"
            "  Start the weights as torch does, or nearer to 0."
        )
    if not any(
        getattr(model, name).weight.any() for name in ["to_rating", "text_emb", *(t.layer for t in design.tables)]
    ):
        raise Wrong(
            "`self.text_emb` and `self.to_rating` both start at 0, and there each keeps the other from learning.\n"
            "  Start at least one of them from random numbers, as torch does."
        )


def check_device(model, design):
    """Refuse a forward pass that would fail on a GPU."""

    def predict(device):
        ids, text = (torch.ones(*shape, dtype=torch.long, device=device) for shape in [(2,), (2, 3)])
        return model(*[ids for _ in design.tables], text)

    expect_any_device(model, predict, f"{design.name}.forward", "text")
