"""What the checks of models that read text ask of `forward`: every prediction, worked out by hand."""

from itertools import permutations

import torch

from helpers.checks.models import COLUMN, weights_kept
from helpers.checks.verdict import by_hand, expect_tensor, expect_values, first_difference, given, say


def check_predictions(model, design, inputs, what="the prediction"):
    """Refuse what `forward` returns unless it is what the model's own weights give by hand, for each review."""
    with weights_kept(model), given(" and ".join(f"{part} {say(value)}" for part, value in inputs.items())):
        out = model(*(value.clone() for value in inputs.values()))
    batch, longest, latent = *inputs["text"].shape, model.text_emb.embedding_dim
    expect_tensor(out, (batch,), what, f"{design.name}.forward", shape_hints(batch, longest, latent, design))
    vectors = vectors_by_hand(model, design, inputs)
    expected = rate(model, vectors.values())
    n = first_difference(out, expected)
    example = f"{worked_example(model, vectors, inputs, n)} = {say(expected[n])}. You returned {say(out[n])}."
    known = mistakes(model, design, vectors, inputs) if batch > 1 else []  # one number may agree by chance
    if not torch.equal(out, model(*inputs.values())):
        known = [("A second call gives other values: is something drawn at random, as in dropout?", out)]
    expect_values(out, expected, what, example, known)


def shape_hints(batch, longest, latent, design):
    """Return pairs (wrong shape, sentence) for what `forward` may return instead of (batch,)."""
    everything = "You made one number of everything. One number per review, please."
    per_word = "That is a number per word: average the words of a review first."
    width = latent * len(design.parts)
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


def vectors_by_hand(model, design, inputs):
    """Return what `to_rating` should read, part by part: {"user": (B, D), "item": (B, D), "text": (B, D)}."""
    tables = {table.of: getattr(model, table.layer).weight.detach() for table in design.tables}
    vectors = {of: table[inputs[of]] for of, table in tables.items()}
    return vectors | {"text": average(model, inputs["text"], lambda words: words[words != 0])}


def average(model, text, keep, reduce=lambda rows: rows.mean(0)):
    """Return for each row of `text` the vectors of the words that `keep` leaves of it, made one: (B, D)."""
    table = model.text_emb.weight.detach()
    kept = [keep(words) for words in text]
    return torch.stack([reduce(table[words]) if len(words) else torch.zeros(table.shape[1]) for words in kept])


def rate(model, parts):
    """Return the rating of each review from its vectors, part by part: (B,)."""
    weight, bias = (value.detach() for value in (model.to_rating.weight, model.to_rating.bias))
    return (torch.cat(list(parts), 1) * weight).sum(1) + bias


def worked_example(model, vectors, inputs, n):
    """Return a line that works out prediction n by hand, up to the equals sign."""
    ids = "".join(f"{of} {say(vectors[of][n])}, " for of in vectors if of != "text")
    words = f"words {say(inputs['text'][n])} with the mean {say(vectors['text'][n])}"
    parts, weights = torch.cat([part[n] for part in vectors.values()]), model.to_rating.weight[0]
    return f"For {ids}{words}, by hand: {by_hand(weights, parts, [model.to_rating.bias[0]])}"


def mistakes(model, design, vectors, inputs):
    """Return pairs (sentence, predictions) for the usual mistakes."""
    text = inputs["text"]

    def is_word(words):
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
    for part in design.parts:
        nothing = vectors | {part: torch.zeros_like(vectors[part])}
        known.append((f"Does the {part} make no difference?", rate(model, nothing.values())))
    order = f"Are the parts side by side in the order {', '.join(design.parts)}?"
    known += [(order, rate(model, [vectors[part] for part in parts])) for parts in permutations(design.parts)]
    return known + swapped_ids(model, design, vectors, inputs)


def swapped_ids(model, design, vectors, inputs):
    """Return pairs (sentence, predictions) for ids looked up in the wrong table, where they fit into it."""
    known = []
    for table in design.tables:
        rows, ids = getattr(model, table.layer).weight.detach(), inputs[table.other]
        if ids.max() < len(rows):
            sentence = f"Were the ids of the {table.other}s looked up in `self.{table.layer}`?"
            known.append((sentence, rate(model, (vectors | {table.of: rows[ids]}).values())))
    return known
