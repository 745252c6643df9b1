"""What the checks ask of models that read a rating off the words of its review."""

from collections.abc import Callable, Iterable
from itertools import permutations
from typing import NamedTuple

import torch
from torch import nn

from exercises.kit.embeddings import check_tables, refuse_options
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
from exercises.kit.factorization import rounded, worth_showing
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
    found,
    layer_of,
    parameter,
    weights_kept,
)
from exercises.kit.specs import Model, ModelSpec

HAND_MADE = {  # every prediction of it is a rating from 1 to 5
    "users.weight": [[1.0, 2.0], [1.0, -1.0], [0.0, 1.5], [2.0, 1.0]],
    "items.weight": [[1.0, 0.0], [-2.0, 1.0], [1.0, 1.0], [0.0, -2.0], [2.0, 2.0], [0.0, 1.0], [1.0, -1.0]],
    "text_emb.weight": [
        [4.0, -2],
        [0.5, -1],
        [1, 2],
        [2, 0],
        [-0.5, 0.5],
        [1.5, 1.5],
        [0, 2.5],
        [1.5, 0.5],
        [0.5, -0.5],
    ],
    "to_rating.bias": [3.0],
}
TO_RATING = {"text": [1.0, -0.75], "user": [0.5, -0.5], "item": [0.5, 0.25]}
HAND_MADE_INPUTS = {  # the items' ids are those of users, too: whoever mixes them up reads a rating, and no error
    "user": torch.tensor([0, 1, 0, 2]),
    "item": torch.tensor([1, 1, 0, 3]),
    "text": torch.tensor([[2, 3, 0, 0], [4, 2, 2, 5], [1, 7, 3, 0], [8, 0, 0, 0]]),
}


class Sizes(NamedTuple):
    """How much there is of each."""

    users: int
    items: int
    words: int


FEW, MANY = Sizes(4, 7, 9), Sizes(2_003, 1_009, 10_002)  # the second as in the session, or so
MANY_REVIEWS, LONGEST, LATENT = 40, 256, 16  # as text_loaders cuts them
MOST_SHOWN = 12  # words of a review, and numbers of a vector, that are written out


def check_rating_model(kind: type[Model], spec: ModelSpec) -> None:
    """Check a model on a hand-made example, on random ones, and in how it treats its weights."""
    expect_module_class(kind, spec.name)
    model = build(kind, spec, FEW, latent=2)
    fill(model, HAND_MADE | {"to_rating.weight": [[weight for part in spec.reads for weight in TO_RATING[part]]]})
    check_predictions(model, spec, {part: HAND_MADE_INPUTS[part] for part in spec.reads})
    check_ids_in_columns(model, spec)
    for batch, longest, latent, longer in [
        (5, 4, 2, 1),
        (1, 3, 2, 1),
        (6, 1, 3, 1),
        (4, 5, 1, 1),
        (1, 1, 1, 1),
        (7, 2, 2, 8),
    ]:
        model = build(kind, spec, FEW, latent)
        fill(model, random_weights(model, spec, longer))
        check_everywhere(model, spec, random_inputs(spec, FEW, batch, longest))
    check_padding_only(model, spec)
    check_start(build(kind, spec, FEW, latent=16), spec)
    check_device(model, spec)
    model = build(kind, spec, MANY, LATENT)
    fill(model, random_weights(model, spec))
    check_everywhere(model, spec, random_inputs(spec, MANY, MANY_REVIEWS, LONGEST))


def check_constructor(kind: type[Model], spec: ModelSpec) -> None:
    """Check the layers of a model, whatever it predicts."""
    expect_module_class(kind, spec.name)
    for sizes, latent in [(FEW, 2), (FEW, 1), (MANY, LATENT)]:
        build(kind, spec, sizes, latent)


def build(kind: type[Model], spec: ModelSpec, sizes: Sizes, latent: int) -> Model:
    """Return a new model of this kind, after a look at its layers."""
    model = kind(*(sizes[:2] if spec.tables else ()), sizes.words, latent)
    check_tables(model, spec, sizes.users, sizes.items, latent)
    check_bag(model, spec, sizes.words, latent)
    check_to_rating(model, spec, latent * len(spec.reads))
    return model


def keys_of(spec: ModelSpec) -> list[str]:
    """Return what leads to the weights of a model."""
    return [
        *(f"{table.layer}.weight" for table in spec.tables),
        "text_emb.weight",
        "to_rating.weight",
        "to_rating.bias",
    ]


def random_weights(model: Model, spec: ModelSpec, longer: int = 1) -> dict[str, torch.Tensor]:
    """Return random weights, by what leads to them; most predictions of them are ratings from 1 to 5.

    longer: how many times as long the words' vectors are; with 8, most predictions are far beyond these.
    """
    shapes = {key: weight.shape for key in keys_of(spec) if (weight := parameter(model, key)) is not None}
    weights = {key: random_halves(*shape) / 2 for key, shape in shapes.items()}
    weights["text_emb.weight"] *= longer
    return weights | {"to_rating.bias": 3 + random_halves(1) / 5}


def random_inputs(spec: ModelSpec, sizes: Sizes, batch: int, longest: int) -> dict[str, torch.Tensor]:
    """Return ids and text, (batch,) and (batch, longest), by what they are; some reviews end in padding."""
    lengths = torch.randint(1, longest + 1, (batch, 1))
    lengths[batch // 2] = longest
    text = torch.randint(1, sizes.words, (batch, longest)) * (torch.arange(longest) < lengths)
    text[batch // 2, -1] = sizes.words - 1
    ids = {"user": torch.randint(sizes.users, (batch,)), "item": torch.randint(sizes.items, (batch,))}
    return {part: (ids | {"text": text})[part] for part in spec.reads}


def check_everywhere(model: Model, spec: ModelSpec, inputs: dict[str, torch.Tensor]) -> None:
    """Check `forward` while the model learns, and as `evaluate` calls it; and what it teaches the weights."""
    check_predictions(model.train(), spec, inputs)
    came = model(*(part.clone() for part in inputs.values()))
    expect_learns(model, came, rate(model, by_weights(model, spec, inputs).values()), keys_of(spec))
    with torch.no_grad():
        check_predictions(model.eval(), spec, inputs, EVALUATED)
    model.train()


# --- layers


def check_bag(model: Model, spec: ModelSpec, words: int, latent: int) -> None:
    """Refuse a model without a bag of word vectors. How the bag averages is judged by what `forward` returns."""
    layer = layer_of(model, spec, "text_emb")
    if not isinstance(layer, nn.EmbeddingBag):
        raise Wrong(f"`self.text_emb` should be an nn.EmbeddingBag that averages word vectors; found {found(layer)}.")
    refuse_options(layer, "text_emb")
    if tuple(layer.weight.shape) != (words, latent):
        size = ", ".join(map(str, layer.weight.shape))
        hint = "One row per word id, and `dic_size` counts padding and the unknown word already."
        if tuple(layer.weight.shape) == (latent, words):
            hint = "The number of rows comes first, then how long each of them is."
        elif abs(layer.weight.shape[0] - words) > 2:
            hint = f"Is a size typed in? Take the argument `dic_size`: it is {words} here, other than in the notebook."
        raise Wrong(f"`self.text_emb` is an EmbeddingBag({size}), expected EmbeddingBag({words}, {latent}).\n  {hint}")


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
    inputs = random_inputs(spec, FEW, 2, 3)
    inputs["text"][1] = 0
    with torch.no_grad():
        out, expected = model(*inputs.values()), rate(model, by_weights(model, spec, inputs).values())
    hint = (
        "A mean of no words is 0 divided by 0." if out.isnan().any() else "No word has a vector of zeros as its mean."
    )
    example = f"For a review of padding only the bias remains, {say(expected[1])}. You returned {say(out[1])}."
    if spec.tables:
        example = f"Of a review of padding only, the bias, user and item remain: {say(expected[1])}, not {say(out[1])}."
    expect_values(out, expected, "the prediction", f"{example}\n  {hint}")


def check_start(model: Model, spec: ModelSpec) -> None:
    """Refuse a new model that starts where no learning leads away from."""
    inputs = random_inputs(spec, FEW, 20, 6)
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


def check_predictions(model: Model, spec: ModelSpec, inputs: dict[str, torch.Tensor], when: str = "") -> None:
    """Refuse what `forward` returns unless it is what the model's own weights give by hand, for each review."""
    what = f"{when}the prediction"
    with weights_kept(model), given(when + " and ".join(f"{part} {shown(value)}" for part, value in inputs.items())):
        out = model(*(value.clone() for value in inputs.values()))
    batch, longest, latent = *inputs["text"].shape, model.text_emb.embedding_dim
    vectors = {part: value.detach() for part, value in by_weights(model, spec, inputs).items()}
    expected = rate(model, vectors.values()).detach()
    hints = shape_hints(batch, longest, latent, spec)
    if isinstance(out, torch.Tensor) and out.numel() == 1 and same(out, expected[0]).all():
        hints = [(tuple(out.shape), "That is the rating of the first review alone. One number per review, please.")]
    expect_tensor(out, (batch,), what, f"{spec.name}.forward", hints)
    if same(out, expected).all():
        return
    n = worth_showing(out, expected)
    example = f"{worked_example(model, vectors, inputs, n)} = {say(expected[n])}. You returned {say(out[n])}."
    known = mistakes(model, spec, vectors, inputs) if batch > 1 else []  # one number may agree by chance
    known = [(OTHERWISE, out)] if when else known
    if not torch.equal(out, model(*inputs.values())):
        known = [(BY_CHANCE, out)]
    expect_values(out, expected, what, example, known)


def shown(value: torch.Tensor) -> str:
    """Return ids, or texts, as text; of many, their shape."""
    return say(value) if value.numel() <= 2 * MOST_SHOWN else f"of shape {tuple(value.shape)}"


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


def by_weights(model: Model, spec: ModelSpec, inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return what `to_rating` should read, part by part, such that gradients reach the model's weights.

    They are {"user": (B, D), "item": (B, D), "text": (B, D)}, those of them that the model reads.
    """
    vectors = {table.of: getattr(model, table.layer).weight[inputs[table.of]] for table in spec.tables}
    is_word = (inputs["text"] != 0).unsqueeze(2)
    rows = model.text_emb.weight[inputs["text"]] * is_word
    return vectors | {"text": rows.sum(dim=1) / is_word.sum(dim=1).clamp(min=1)}


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
    return torch.cat(list(parts), 1) @ model.to_rating.weight[0] + model.to_rating.bias[0]


def worked_example(model: Model, vectors: dict[str, torch.Tensor], inputs: dict[str, torch.Tensor], n: int) -> str:
    """Return two lines that work out prediction n by hand, up to the equals sign, and say what each number is."""
    words, bias = inputs["text"][n], model.to_rating.bias[0]
    parts, weights = torch.cat([part[n] for part in vectors.values()]), model.to_rating.weight[0]
    if len(words) > MOST_SHOWN or len(parts) > MOST_SHOWN:
        return f"For review {n} of the batch, with {int((words != 0).sum())} words: bias {say(bias)} + the products"
    ids = "".join(f"{of} {say(vectors[of][n])}, " for of in vectors if of != "text")
    read = f"{ids}words {say(words)} with the mean {say(vectors['text'][n])}"
    return (
        f"For {read}, and `to_rating` with weights {say(weights)} and bias {say(bias)},\n"
        f"  by hand: {by_hand(weights, parts, [bias])}"
    )


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
        (
            "Padding is word 0: here word 1, unknown, is left out in its place.",
            average(model, text, lambda words: words[words != 1]),
        ),
        ("A word that comes twice counts twice.", average(model, text, lambda words: is_word(words).unique())),
        ("Only the first word of each review is read.", average(model, text, lambda words: words[:1])),
    ]
    known = [(sentence, rate(model, (vectors | {"text": wrong}).values())) for sentence, wrong in wrong_texts]
    right = rate(model, vectors.values())
    known += [
        (
            "Is the prediction cut to the range from 1 to 5? Leave it: where it is cut, nothing learns.",
            right.clamp(1, 5),
        ),
        ("Are predictions below 0 made 0: is a relu on top? Leave them as they are.", right.relu()),
        *(
            ("Is the prediction rounded? Leave it: from whole stars, nothing learns.", whole)
            for whole in rounded(right)
        ),
    ]
    known += [("Is the bias of `self.to_rating` missing?", rate(model, vectors.values()) - model.to_rating.bias.item())]
    for part in spec.reads:
        nothing = vectors | {part: torch.zeros_like(vectors[part])}
        known.append((f"Does the {part} make no difference?", rate(model, nothing.values())))
    order = f"Are the parts side by side in the order {', '.join(spec.reads)}?"
    known += [(order, rate(model, [vectors[part] for part in parts])) for parts in permutations(spec.reads)]
    if spec.tables:
        mixed = torch.cat(list(vectors.values())).reshape(len(text), -1)  # as if rows were columns
        sentence = "Numbers of several reviews are mixed in a row: join the vectors side by side, along dim=1."
        known.append((sentence, rate(model, [mixed])))
    return known + swapped_ids(model, spec, vectors, inputs)


def swapped_ids(
    model: Model, spec: ModelSpec, vectors: dict[str, torch.Tensor], inputs: dict[str, torch.Tensor]
) -> list[Mistake]:
    """Return pairs (sentence, predictions) for ids looked up in the wrong table, where they fit into it."""
    known, swapped = [], {}
    for table in spec.tables:
        rows, ids = getattr(model, table.layer).weight.detach(), inputs[table.other]
        if ids.max() < len(rows):
            sentence = f"Were the ids of the {table.other}s looked up in `self.{table.layer}`?"
            swapped[table.of] = rows[ids]
            known.append((sentence, rate(model, (vectors | {table.of: rows[ids]}).values())))
    if spec.tables and len(swapped) == len(spec.tables):
        sentence = "Were the users' ids looked up in `self.items`, and the items' in `self.users`?"
        known.append((sentence, rate(model, (vectors | swapped).values())))
    return known
