"""What the checks ask of models that read a rating off the words of its review."""

from collections.abc import Callable, Iterable
from itertools import permutations

import torch
from torch import nn

from exercises.kit.embeddings import Model, ModelSpec, check_tables
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
from exercises.kit.modules import (
    COLUMN,
    expect_any_device,
    expect_gradients,
    expect_module_class,
    fill,
    found,
    layer_of,
    weights_kept,
)

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


def check_rating_model(kind: type[Model], spec: ModelSpec) -> None:
    """Check a model on a hand-made example, on random ones, and in how it treats its weights."""
    expect_module_class(kind, spec.name)
    model = build(kind, spec, latent=2)
    fill(model, HAND_MADE | {"to_rating.weight": [[1.0, -1.0, 2.0, 0.5, 1.0, -2.0][: 2 * len(spec.reads)]]})
    check_predictions(model, spec, {part: HAND_MADE_INPUTS[part] for part in spec.reads})
    check_ids_in_columns(model, spec)
    for batch, longest, latent in [(5, 4, 2), (1, 3, 2), (6, 1, 3), (4, 5, 1), (1, 1, 1)]:
        model = build(kind, spec, latent)
        fill(model, {key: random_halves(*weight.shape) for key, weight in model.named_parameters()})
        inputs = random_inputs(spec, batch, longest)
        check_predictions(model, spec, inputs)
        check_predictions(model.eval(), spec, inputs, "in eval mode, the prediction")
    check_padding_only(model, spec)
    check_gradients(build(kind, spec, latent=3), spec)
    check_start(build(kind, spec, latent=16), spec)
    check_device(model, spec)


def build(kind: type[Model], spec: ModelSpec, latent: int) -> Model:
    """Return a new model of this kind, after a look at its layers."""
    model = kind(*((NB_USERS, NB_ITEMS) if spec.tables else ()), DIC_SIZE, latent)
    check_tables(model, spec, NB_USERS, NB_ITEMS, latent)
    check_bag(model, spec, latent)
    check_to_rating(model, spec, latent * len(spec.reads))
    return model


def random_inputs(spec: ModelSpec, batch: int, longest: int) -> dict[str, torch.Tensor]:
    """Return ids and text, (batch,) and (batch, longest), by what they are; some reviews end in padding."""
    lengths = torch.randint(1, longest + 1, (batch, 1))
    lengths[0] = longest
    text = torch.randint(1, DIC_SIZE, (batch, longest)) * (torch.arange(longest) < lengths)
    ids = {"user": torch.randint(NB_USERS, (batch,)), "item": torch.randint(NB_ITEMS, (batch,))}
    return {part: (ids | {"text": text})[part] for part in spec.reads}


# --- layers


def check_bag(model: Model, spec: ModelSpec, latent: int) -> None:
    """Refuse a model without a bag of word vectors. How the bag averages is judged by what `forward` returns."""
    layer = layer_of(model, spec, "text_emb")
    if not isinstance(layer, nn.EmbeddingBag):
        raise Wrong(f"`self.text_emb` should be an nn.EmbeddingBag that averages word vectors; found {found(layer)}.")
    if tuple(layer.weight.shape) != (DIC_SIZE, latent):
        size = ", ".join(map(str, layer.weight.shape))
        raise Wrong(
            f"`self.text_emb` is an EmbeddingBag({size}), expected EmbeddingBag({DIC_SIZE}, {latent}).\n"
            "  One row per word id, and `dic_size` counts padding and the unknown word already."
        )


def check_to_rating(model: Model, spec: ModelSpec, width: int) -> None:
    """Refuse a model without a linear layer, with its bias, from all it knows to one number."""
    layer = layer_of(model, spec, "to_rating")
    if not isinstance(layer, nn.Linear):
        raise Wrong(f"`self.to_rating` should be an nn.Linear that makes a rating of a vector; found {found(layer)}.")
    if (layer.in_features, layer.out_features) != (width, 1):
        size = f"{layer.in_features}, {layer.out_features}"
        raise Wrong(
            f"`self.to_rating` is a Linear({size}), expected Linear({width}, 1).\n"
            f"  It reads {' and '.join(spec.reads)}: {width} numbers in all here; it returns one rating."
        )
    if layer.bias is None:
        raise Wrong("`self.to_rating` has no bias.\n  Where the words say nothing, the rating should be near 4, not 0.")


# --- how it treats ids, padding, weights and devices


def check_ids_in_columns(model: Model, spec: ModelSpec) -> None:
    """Refuse a model that does not take ids of shape (batch, 1) as well."""
    if spec.tables:
        with given("ids of shape (4, 1)"):
            out = model(*(value if part == "text" else value[:, None] for part, value in HAND_MADE_INPUTS.items()))
        hint = "The first line of `forward`, which flattens the ids, should stay."
        what = "for ids of shape (4, 1), the prediction"
        expect_tensor(out, (4,), what, f"{spec.name}.forward", [(None, hint)])


def check_padding_only(model: Model, spec: ModelSpec) -> None:
    """Refuse a model that makes something of a review without any word."""
    inputs = random_inputs(spec, 2, 3)
    inputs["text"][1] = 0
    out, expected = model(*inputs.values()), rate(model, vectors_by_hand(model, spec, inputs).values())
    hint = (
        "A mean of no words is 0 divided by 0." if out.isnan().any() else "No word has a vector of zeros as its mean."
    )
    example = f"For a review of padding only the bias remains, {say(expected[1])}. You returned {say(out[1])}."
    expect_values(out, expected, "the prediction", f"{example}\n  {hint}")


def check_gradients(model: Model, spec: ModelSpec) -> None:
    """Refuse a prediction that some weight it was computed from cannot learn from."""
    fill(model, {key: random_halves(*weight.shape).abs() for key, weight in model.named_parameters()})  # none cancel
    ids, text = torch.tensor([0, 1, 2, 3]), torch.tensor([[1, 2, 3], [4, 5, 0], [6, 0, 0], [7, 8, 0]])
    used = {f"{table.layer}.weight": ids for table in spec.tables}
    used |= {"text_emb.weight": text[text != 0], "to_rating.weight": ids[:1], "to_rating.bias": ids[:1]}
    expect_gradients(model, model(*[ids for _ in spec.tables], text), used)


def check_start(model: Model, spec: ModelSpec) -> None:
    """Refuse a new model that starts where no learning leads away from."""
    inputs = random_inputs(spec, 20, 6)
    with torch.no_grad():
        out = model(*inputs.values())
    if not (out.abs() < 100).all():
        raise Wrong(
            f"a new model predicts up to {say(out[out.abs().argmax()])}, expected a few stars.\n"
            "  Start the weights as torch does, or nearer to 0."
        )
    if not any(
        getattr(model, name).weight.any() for name in ["to_rating", "text_emb", *(t.layer for t in spec.tables)]
    ):
        raise Wrong(
            "`self.text_emb` and `self.to_rating` both start at 0, and there each keeps the other from learning.\n"
            "  Start at least one of them from random numbers, as torch does."
        )


def check_device(model: Model, spec: ModelSpec) -> None:
    """Refuse a forward pass that would fail on a GPU."""

    def predict(device: torch.device) -> torch.Tensor:
        ids, text = (torch.ones(*shape, dtype=torch.long, device=device) for shape in [(2,), (2, 3)])
        return model(*[ids for _ in spec.tables], text)

    expect_any_device(model, predict, f"{spec.name}.forward", "text")


# --- predictions, worked out by hand


def check_predictions(
    model: Model, spec: ModelSpec, inputs: dict[str, torch.Tensor], what: str = "the prediction"
) -> None:
    """Refuse what `forward` returns unless it is what the model's own weights give by hand, for each review."""
    with weights_kept(model), given(" and ".join(f"{part} {say(value)}" for part, value in inputs.items())):
        out = model(*(value.clone() for value in inputs.values()))
    batch, longest, latent = *inputs["text"].shape, model.text_emb.embedding_dim
    expect_tensor(out, (batch,), what, f"{spec.name}.forward", shape_hints(batch, longest, latent, spec))
    vectors = vectors_by_hand(model, spec, inputs)
    expected = rate(model, vectors.values())
    n = first_difference(out, expected)
    example = f"{worked_example(model, vectors, inputs, n)} = {say(expected[n])}. You returned {say(out[n])}."
    known = mistakes(model, spec, vectors, inputs) if batch > 1 else []  # one number may agree by chance
    if not torch.equal(out, model(*inputs.values())):
        known = [("A second call gives other values: is something drawn at random, as in dropout?", out)]
    expect_values(out, expected, what, example, known)


def shape_hints(batch: int, longest: int, latent: int, spec: ModelSpec) -> list[Hint]:
    """Return pairs (wrong shape, sentence) for what `forward` may return instead of (batch,)."""
    everything = "You made one number of everything. One number per review, please."
    per_word = "That is a number per word: average the words of a review first."
    width = latent * len(spec.reads)
    return [
        ((batch, 1), COLUMN.format(batch)),
        ((), everything),
        ((1,), everything),
        ((batch, latent), "These are the averaged words; what remains is to make a rating of each."),
        ((batch, width), "These are the vectors; what remains is to make a rating of each."),
        ((batch, longest, 1), per_word),
        ((batch, longest), per_word),
        ((batch, batch), "Every review meets every other here: does a column meet a row?"),
    ]


def vectors_by_hand(model: Model, spec: ModelSpec, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return what `to_rating` should read, part by part: {"user": (B, D), "item": (B, D), "text": (B, D)}."""
    tables = {table.of: getattr(model, table.layer).weight.detach() for table in spec.tables}
    vectors = {of: table[inputs[of]] for of, table in tables.items()}
    return vectors | {"text": average(model, inputs["text"], lambda words: words[words != 0])}


def average(
    model: Model,
    text: torch.Tensor,
    keep: Callable[[torch.Tensor], torch.Tensor],
    reduce: Callable[[torch.Tensor], torch.Tensor] = lambda rows: rows.mean(0),
) -> torch.Tensor:
    """Return for each row of `text` the vectors of the words that `keep` leaves of it, made one: (B, D)."""
    table = model.text_emb.weight.detach()
    kept = [keep(words) for words in text]
    return torch.stack([reduce(table[words]) if len(words) else torch.zeros(table.shape[1]) for words in kept])


def rate(model: Model, parts: Iterable[torch.Tensor]) -> torch.Tensor:
    """Return the rating of each review from its vectors, part by part: (B,)."""
    weight, bias = (value.detach() for value in (model.to_rating.weight, model.to_rating.bias))
    return (torch.cat(list(parts), 1) * weight).sum(1) + bias


def worked_example(model: Model, vectors: dict[str, torch.Tensor], inputs: dict[str, torch.Tensor], n: int) -> str:
    """Return a line that works out prediction n by hand, up to the equals sign."""
    ids = "".join(f"{of} {say(vectors[of][n])}, " for of in vectors if of != "text")
    words = f"words {say(inputs['text'][n])} with the mean {say(vectors['text'][n])}"
    parts, weights = torch.cat([part[n] for part in vectors.values()]), model.to_rating.weight[0]
    return f"For {ids}{words}, by hand: {by_hand(weights, parts, [model.to_rating.bias[0]])}"


def mistakes(
    model: Model, spec: ModelSpec, vectors: dict[str, torch.Tensor], inputs: dict[str, torch.Tensor]
) -> list[Mistake]:
    """Return pairs (sentence, predictions) for the usual mistakes."""
    text = inputs["text"]

    def is_word(words: torch.Tensor) -> torch.Tensor:
        return words[words != 0]

    wrong_texts = [
        ("The padding (word 0) counts in your average: leave it out.", average(model, text, lambda words: words)),
        (
            "The padding (word 0) adds nothing to your sum, but you divide by it too: it is no word.",
            average(model, text, is_word, lambda rows: rows.sum(0) / text.shape[1]),
        ),
        (
            "The words' vectors are added up: a long review would weigh more. Average them.",
            average(model, text, is_word, lambda rows: rows.sum(0)),
        ),
        (
            "The largest number of each column is taken: the mean is asked for.",
            average(model, text, is_word, lambda rows: rows.amax(0)),
        ),
        (
            "Word 1, unknown, is left out of your average: only 0 is padding.",
            average(model, text, lambda words: words[words > 1]),
        ),
        ("A word that comes twice counts twice.", average(model, text, lambda words: is_word(words).unique())),
        ("Only the first word of each review is read.", average(model, text, lambda words: words[:1])),
    ]
    known = [(sentence, rate(model, (vectors | {"text": wrong}).values())) for sentence, wrong in wrong_texts]
    known += [("Is the bias of `self.to_rating` missing?", rate(model, vectors.values()) - model.to_rating.bias.item())]
    for part in spec.reads:
        nothing = vectors | {part: torch.zeros_like(vectors[part])}
        known.append((f"Does the {part} make no difference?", rate(model, nothing.values())))
    order = f"Are the parts side by side in the order {', '.join(spec.reads)}?"
    known += [(order, rate(model, [vectors[part] for part in parts])) for parts in permutations(spec.reads)]
    return known + swapped_ids(model, spec, vectors, inputs)


def swapped_ids(
    model: Model, spec: ModelSpec, vectors: dict[str, torch.Tensor], inputs: dict[str, torch.Tensor]
) -> list[Mistake]:
    """Return pairs (sentence, predictions) for ids looked up in the wrong table, where they fit into it."""
    known = []
    for table in spec.tables:
        rows, ids = getattr(model, table.layer).weight.detach(), inputs[table.other]
        if ids.max() < len(rows):
            sentence = f"Were the ids of the {table.other}s looked up in `self.{table.layer}`?"
            known.append((sentence, rate(model, (vectors | {table.of: rows[ids]}).values())))
    return known
