"""What the checks of text models ask of `close` and `far`: an item compared with words said of it, and with fakes."""

from collections.abc import Callable
from typing import NamedTuple

import torch

from exercises.kit.expect import Mistake, by_hand, expect_tensor, expect_values, first_difference, given, same, say
from exercises.kit.factorization import check_count
from exercises.kit.given.refusals import StillToDo, Wrong
from exercises.kit.modules import BY_CHANCE, weights_kept
from exercises.kit.specs import Model, ModelSpec

MOST_SHOWN, MOST_TOLD = 6, 1_000  # numbers of a vector that are written out; of a table that tells words apart


class Batch(NamedTuple):
    """What a text model is given: users (B,), items (B,), word ids (B, L), of which 0 is padding."""

    users: torch.Tensor
    items: torch.Tensor
    text: torch.Tensor

    @property
    def real(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The review and the id of each real word, (N,) and (N,), row by row."""
        reviews, positions = self.text.nonzero(as_tuple=True)
        return reviews, self.text[reviews, positions]


def call_forward(model: Model, spec: ModelSpec, batch: Batch) -> dict[str, torch.Tensor]:
    """Return what `forward` returns, by name; refuse one that changes weights or what it is given."""
    arguments = [part.clone() for part in (batch if spec.rates else batch[1:])]
    users = f"users {say(batch.users)}, " if spec.rates else ""
    words = say(batch.text) if batch.text.numel() < 30 else f"of shape {tuple(batch.text.shape)}"
    with weights_kept(model), given(f"{users}items {say(batch.items)} and words {words}"):
        outputs = model(*arguments)
    check_count(outputs, spec)
    for argument, part in zip(reversed(arguments), reversed(batch), strict=False):
        if not torch.equal(argument, part):
            raise Wrong("`forward` changes, in place, a tensor that it is given: whoever calls it may still need it.")
    return dict(zip(spec.outputs, outputs, strict=True))


def points(model: Model, spec: ModelSpec, items: torch.Tensor) -> torch.Tensor:
    """Return where items are among the words, reckoned from the model's weights: (B, word_latent)."""
    rows = model.items.weight.detach()[items]
    return through_layer(model, rows) if spec.rates else rows


def through_layer(model: Model, rows: torch.Tensor) -> torch.Tensor:
    """Return what `to_text` makes of rows (B, latent): (B, word_latent)."""
    return (rows[:, None] * model.to_text.weight.detach()).sum(dim=2) + model.to_text.bias.detach()


def dots_and_cosines(points: torch.Tensor, words: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return dot products and cosines of points (B, D) and word vectors (W, D), two tables (B, W); with zeros, 0."""
    dots = torch.einsum("bd,wd->bw", points, words)
    lengths = torch.outer(points.square().sum(dim=1), words.square().sum(dim=1)).sqrt()
    return dots, torch.where(lengths > 0, dots / lengths, 0.0)


def log_sigmoid(x: torch.Tensor) -> torch.Tensor:
    """Return log(1 / (1 + exp(-x)))."""
    return -torch.log1p(torch.exp(-x))


def identify(values: torch.Tensor, table: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Return the row and the column of `table` at which each of `values` stands; None if one of them stands nowhere."""
    values, (ordered, places) = values.detach().cpu().float(), table.flatten().sort()
    above = torch.searchsorted(ordered, values).clamp(max=len(ordered) - 1)
    below = (above - 1).clamp(min=0)
    nearest = torch.where((values - ordered[below]).abs() < (values - ordered[above]).abs(), below, above)
    if not ((values - ordered[nearest]).abs() < 2e-5).all():
        return None
    return places[nearest] // table.shape[1], places[nearest] % table.shape[1]


def usual_mistakes(sign: int) -> list[tuple[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]]]:
    """Return pairs (sentence, function of dot products and cosines) of what `close` (sign 1) or `far` (-1) may hold."""
    cosine = "the cosine" if sign > 0 else "minus the cosine"
    turned = (
        "That is the log sigmoid of minus the cosine, as fake words have it; real words should come close."
        if sign > 0
        else "That is the log sigmoid of the cosine, as real words have it; fake words should move away."
    )
    return [
        (
            "That is the log sigmoid of a dot product: a cosine also divides by both lengths.",
            lambda dots, cosines: log_sigmoid(sign * dots),
        ),
        (turned, lambda dots, cosines: log_sigmoid(-sign * cosines)),
        (f"That is {cosine} itself; its log sigmoid is asked.", lambda dots, cosines: sign * cosines),
        (
            f"That is the sigmoid of {cosine}; its logarithm is asked.",
            lambda dots, cosines: torch.sigmoid(sign * cosines),
        ),
        (
            "The sign is turned: a log sigmoid is never above 0. The loss turns the sign, once.",
            lambda dots, cosines: -log_sigmoid(sign * cosines),
        ),
        (
            "The cosines have lost their sign: without abs, please. What points away is far.",
            lambda dots, cosines: log_sigmoid(sign * cosines.abs()),
        ),
        (
            "That is the logarithm of 1 + cosine, or the like: log sigmoid is F.logsigmoid.",
            lambda dots, cosines: torch.log1p(sign * cosines),
        ),
    ]


def check_number_of_words(value: torch.Tensor, name: str, spec: ModelSpec, batch: Batch) -> None:
    """Refuse `close` or `far` unless it has one number per real word."""
    if value is ...:
        elsewhere = " (or in Exercise 4.2, if it comes from there)" if spec.rates else ""
        raise StillToDo(f"replace the `...` of `{name}` in `{spec.name}`{elsewhere}.")
    (_, words), (size, longest) = batch.real, batch.text.shape
    padding = f"Padding counts here; what is asked is one number for each of the {len(words)} real words."
    full = int((batch.text != 0).all(dim=1).sum()) * longest
    nb_zeros = batch.text.numel() - len(words)
    hints = [
        ((size, longest), padding),
        ((size * longest,), padding),
        ((nb_zeros,), "That is as many as there are places of padding: were they kept, and the words left out?"),
        ((full,), "Reviews with padding are left out whole: keep their words, and drop the padding alone."),
        ((int((words > 1).sum()),), "Is the unknown word, 1, left out? Only 0 is padding."),
        ((len(words), 1), "One number per word, please, in a row and not in a column."),
        ((size,), "That is one number per review; what is asked is one per word."),
        ((longest,), "Was it summed over the batch? What is asked is one number per word."),
        ((), "One number per word, please: to average over them is the task of the loss."),
        ((0,), "No word is left."),
        (None, f"Of {size} x {longest} word ids, {len(words)} are real words: all but 0."),
    ]
    expect_tensor(value, (len(words),), f"the returned `{name}`", f"{spec.name}.forward", hints)


def check_close(close: torch.Tensor, model: Model, spec: ModelSpec, batch: Batch) -> None:
    """Refuse `close` unless it is the log sigmoid of the cosine of each real word and the item that it is said of."""
    check_number_of_words(close, "close", spec, batch)
    (reviews, words), table = batch.real, model.text_emb.weight.detach()
    places = points(model, spec, batch.items)
    cosines = dots_and_cosines(places, table)[1][reviews, words]
    expected = log_sigmoid(cosines)
    if same(close.detach().cpu().float().sort().values, expected.sort().values).all():
        return  # whichever order the words come in, the loss is the same
    n = first_difference(close, expected)
    place, word = places[reviews[n]], table[words[n]]
    example = (
        f"For `{spec.point}` {say(place)} and word {words[n]}, {say(word)}, by hand: ({by_hand(place, word)}) / "
        f"({say(place.norm())} · {say(word.norm())}) = {say(cosines[n])}, "
        f"its log sigmoid {say(expected[n])}. You returned {say(close[n])}."
    )
    if len(place) > MOST_SHOWN:
        example = f"For review {reviews[n]} and word {words[n]} it is {say(close[n])}, expected {say(expected[n])}."
    known = mistakes(close, model, spec, batch)
    if not same(call_forward(model, spec, batch)["close"], close).all():
        known += [(BY_CHANCE, close.detach())]
    expect_values(close, expected, "the returned `close`", example, known)


def mistakes(close: torch.Tensor, model: Model, spec: ModelSpec, batch: Batch) -> list[Mistake]:
    """Return pairs (sentence, what this mistake returns as `close`)."""
    (reviews, words), table = batch.real, model.text_emb.weight.detach()
    places = points(model, spec, batch.items)
    dots, cosines = dots_and_cosines(places, table)
    known = [(sentence, returned(dots, cosines)[reviews, words]) for sentence, returned in usual_mistakes(1)]
    for sentence, other in other_points(model, spec, batch):
        known.append((sentence, log_sigmoid(dots_and_cosines(other, table)[1][reviews, words])))
    sentence = "Lengths were taken over the words of a review, dimension 1; a vector's own numbers are in the last."
    for scaled in (places, places / places.norm(dim=-1, keepdim=True), places.sign()):
        known.append((sentence, normalised_over_words(scaled, table, batch)))
    of_any_word = [
        ("These are values of `far`: is `forward` returning them in the other order?", log_sigmoid(-cosines)),
        ("These are values of other words: is `close` from the real, and `far` from the fake?", log_sigmoid(cosines)),
    ]
    if table.numel() > MOST_TOLD:
        return known  # of so many words, some or other gives any value
    telling = torch.where(cosines.abs() > 1e-3, 0.0, torch.inf)[:, 1:]  # any vector of zeros has the cosine 0
    return known + [
        (sentence, close.detach())
        for sentence, terms in of_any_word
        if identify(close, terms[:, 1:] + telling) is not None
    ]


def normalised_over_words(places: torch.Tensor, table: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Return the log sigmoids that come of word vectors (B, L, D) normalised over dimension 1."""
    vectors = table[batch.text]
    vectors = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=1e-12)
    return log_sigmoid((places[:, None] * vectors).sum(dim=2)[batch.text != 0])


def other_points(model: Model, spec: ModelSpec, batch: Batch) -> list[Mistake]:
    """Return pairs (sentence, points): what the words may have been compared with instead."""
    others = [("Each word belongs with the item of its own review.", points(model, spec, batch.items.roll(1)))]
    if spec.rates:
        users, items = model.users.weight.detach()[batch.users], model.items.weight.detach()[batch.items]
        others.append(("The words were compared with users; it is items they are about.", through_layer(model, users)))
        if users.shape[1] == model.to_text.out_features:
            others.append(("The words were compared with embed_i itself: `to_text` has no part.", items))
    return others
