"""What the checks of text models ask of `far`: fake words, drawn one by one from all words, compared with the item."""

import torch

from exercises.kit.cosines import (
    Batch,
    call_forward,
    check_number_of_words,
    dots_and_cosines,
    identify,
    log_sigmoid,
    points,
    usual_mistakes,
)
from exercises.kit.expect import say
from exercises.kit.given.refusals import Wrong
from exercises.kit.specs import Model, ModelSpec

MOST_COMPARED = 3_000_000  # pairs of a number and a word
TINY = 1e-4


def check_far(far: torch.Tensor, model: Model, spec: ModelSpec, batch: Batch) -> None:
    """Refuse `far` unless each number is the log sigmoid of minus the cosine of an item and some word or other."""
    check_number_of_words(far, "far", spec, batch)
    table = model.text_emb.weight.detach()
    dots, cosines = dots_and_cosines(points(model, spec, batch.items), table)
    terms = log_sigmoid(-cosines)
    if far.numel() * terms.numel() > MOST_COMPARED:  # of so many words, some or other gives nearly any value
        right = bool(((far >= terms.min() - TINY) & (far <= terms.max() + TINY)).all())
    else:
        right = identify(far, terms) is not None
    if right:
        return
    lines = [
        "`far` has the right shape, but not the values that any fake word would give.",
        f"  Of minus the cosine with `{spec.point}`, the log sigmoid is between {say(log_sigmoid(-cosines).min())} "
        f"and {say(log_sigmoid(-cosines).max())} here. You returned {say(far[:3])}{', ...' if len(far) > 3 else '.'}",
    ]
    known = [
        sentence for sentence, returned in usual_mistakes(-1) if identify(far, returned(dots, cosines)) is not None
    ]
    raise Wrong("\n".join(lines + [f"  {sentence}" for sentence in known[:1]]))


def check_fakes(model: Model, spec: ModelSpec, batch: Batch) -> None:
    """Refuse fake words that are not drawn anew for each real word, uniformly from all that are words.

    Every pair of an item of the batch and a word has a cosine of its own, so that `far` tells which words were drawn.
    Chance refuses a right answer less than once in a million times.
    """
    fakes, again = (drawn(model, spec, batch) for _ in range(2))
    refuse_words_of_the_batch(fakes, batch)
    refuse_what_is_no_word(fakes, model.text_emb.num_embeddings)
    refuse_repetition(fakes, batch)
    if torch.equal(fakes, again):
        raise Wrong("the fake words are the same each time `forward` is called; draw new ones every time.")
    refuse_favourites(torch.cat([fakes, again]), model.text_emb.num_embeddings)


def drawn(model: Model, spec: ModelSpec, batch: Batch) -> torch.Tensor:
    """Return the ids of the fake words that the model draws for the real words of `batch`: (N,)."""
    _, cosines = dots_and_cosines(points(model, spec, batch.items), model.text_emb.weight.detach())
    found = identify(call_forward(model, spec, batch)["far"], log_sigmoid(-cosines))
    if found is None:
        raise Wrong("`far` holds values that no word of the vocabulary gives, for a batch of long reviews.")
    reviews, fakes = found
    expected, _ = batch.real
    if fakes.all() and not torch.equal(
        reviews.bincount(minlength=len(batch.items)), expected.bincount(minlength=len(batch.items))
    ):
        raise Wrong(
            "`far` compares fake words with items of other reviews: as many for each item as it has real words."
        )
    return fakes


def refuse_words_of_the_batch(fakes: torch.Tensor, batch: Batch) -> None:
    """Refuse fake words (N,) that were taken from the reviews."""
    _, words = batch.real
    if torch.equal(fakes, words):
        raise Wrong("the fake words are the real words themselves; draw them from the vocabulary.")
    if len(fakes.unique()) > 1 and torch.isin(fakes, words).all():
        raise Wrong("all fake words are words of these very reviews; draw them from the whole vocabulary.")


def refuse_what_is_no_word(fakes: torch.Tensor, dic_size: int) -> None:
    """Refuse fake words (N,) among which is padding or the unknown word."""
    for word, meaning in enumerate(["padding", "the unknown word"]):
        if times := int((fakes == word).sum()):
            raise Wrong(
                f"{times} of {len(fakes)} fake words are {meaning}, {word}.\n"
                f"  Draw them from the words: with {dic_size} rows in `text_emb`, ids 2 to {dic_size - 1}."
            )


def refuse_repetition(fakes: torch.Tensor, batch: Batch) -> None:
    """Refuse fake words (N,) that were not drawn one by one."""
    _, words = batch.real
    table = torch.full_like(batch.text, -1)
    table[batch.text != 0] = fakes
    groups = {
        "One fake word was drawn for the whole batch": [fakes],
        "One fake word was drawn for each review": [row[row >= 0] for row in table],
        "The same fake words were given to every review": [column[column >= 0] for column in table.T],
        "Wherever a real word comes again, it has the same fake one": [fakes[words == word] for word in words.unique()],
    }
    for sentence, parts in groups.items():
        if all((part == part[:1]).all() for part in parts):
            raise Wrong(f"the fake words were not drawn one by one.\n  {sentence}; draw one for each real word.")


def refuse_favourites(fakes: torch.Tensor, dic_size: int) -> None:
    """Refuse ids of fake words (N,) that are not spread evenly over 2..dic_size-1."""
    times, usual = fakes.bincount(minlength=dic_size)[2:], len(fakes) / (dic_size - 2)
    if ((times - usual) ** 2).sum() / usual < 50:  # chi-square with 9 degrees of freedom
        return
    hint = "Every word of the vocabulary is as likely as any other, whatever the reviews say."
    if not times[-1] and times[:-1].all():
        hint = f"The last word, {dic_size - 1}, never comes: is the upper end of what you draw from left out?"
    raise Wrong(
        f"of {len(fakes)} fake words, {times.max()} are word {times.argmax() + 2} and {times.min()} are word "
        f"{times.argmin() + 2}; each of the {dic_size - 2} words should come about {usual:.0f} times.\n  {hint}"
    )
