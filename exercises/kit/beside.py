"""Models of items and words beside the solution: what they return, where an item is, and which fake words they draw."""

import math
import random

import torch

from exercises.kit.comparison import (
    BATCH,
    FULL,
    ITEMS,
    LATENT,
    USERS,
    WORDS,
    compare_models,
    expect_same,
    random_size,
    shuffled,
    texts,
    twins,
)
from exercises.kit.cosines import Batch, dots_and_cosines, log_sigmoid, points
from exercises.kit.given.refusals import Wrong
from exercises.kit.negative_sampling import (
    drawn,
    refuse_repetition,
    refuse_what_is_no_word,
    refuse_words_of_the_batch,
)
from exercises.kit.specs import Model, ModelSpec

ONE_WORD = 3  # a dic_size: padding, unknown, and one word, which is then every fake
MOST_TOGETHER = 2.9  # of a Kolmogorov-Smirnov statistic: chance goes beyond it once in ten million times
WIDEST = 16  # of the widest gap between N draws, N times its share, less log N: as rare


def compare_item_models(answer: type[Model], solution: type[Model], draw: random.Random, spec: ModelSpec) -> None:
    """Refuse a model of words that returns others than the solution, for sizes as in the session.

    With a single word in the vocabulary it is known which fakes are drawn, so that all can be compared.
    """
    for nb_users, nb_items, batch, longest, latent in shuffled(draw, item_sizes(draw)):
        word_latent = draw.randint(2, 20)
        ids = torch.randint(nb_users, (batch,)), torch.randint(nb_items, (batch,))
        inputs = Batch(*ids, texts(batch, longest, ONE_WORD))
        made = sizes_for(spec, nb_users, nb_items, ONE_WORD, latent, word_latent)
        names = [f"the returned `{name}`" for name in spec.outputs]
        compare_models(answer, solution, made, inputs if spec.rates else inputs[1:], draw, names)
        compare_get_text(*twins(answer, solution, made), inputs, draw)


def item_sizes(draw: random.Random) -> list[tuple[int, ...]]:
    """Return numbers of users, of items and of reviews, the length of the longest, and a latent size."""
    return [
        (USERS, ITEMS, draw.randint(FULL, BATCH), draw.randint(11, 12), draw.randint(2, 6)),  # 10,240 words and more
        (draw.randint(257, 900), draw.randint(257, 900), draw.randint(20, 60), 25, draw.randint(50, LATENT)),
        (draw.randint(20, 60), draw.randint(20, 60), draw.randint(4, 8), draw.randint(200, 600), draw.randint(2, 6)),
        (*(random_size(draw) for _ in range(2)), 1, random_size(draw), draw.randint(2, LATENT)),
        (*(random_size(draw) for _ in range(4)), draw.randint(2, 15)),  # of one number, a cosine has no gradient
    ]


def compare_get_text(ours: Model, theirs: Model, batch: Batch, draw: random.Random) -> None:
    """Refuse a `get_text` that returns another place than ours, or changes what it is given."""
    for training in shuffled(draw, [True, False]):
        ids = batch.users.clone(), batch.items.clone()
        theirs.train(training)
        came = theirs.get_text(*ids)
        expect_same(came, ours.get_text(*batch[:2]), "what `get_text` returns", f"{len(ids[0])} users and items")
        if not all(map(torch.equal, ids, batch[:2])):
            raise Wrong("`get_text` changes, in place, a tensor that it is given: whoever calls it may still need it.")


def look_at_draws(answer: type[Model], solution: type[Model], draw: random.Random, spec: ModelSpec) -> None:
    """Refuse a model whose fake words are not drawn one by one, and evenly, from vocabularies of any size.

    It draws twice in each mode, for training or not: what comes again is refused as a twin.
    """
    dic_sizes = [draw.randint(13, 18), draw.randint(300, 5_000), WORDS]
    for dic_size, training in zip(shuffled(draw, dic_sizes), shuffled(draw, [True, False, False]), strict=True):
        nb_users, nb_items, latent = (draw.randint(*bounds) for bounds in [(8, 15), (8, 15), (5, 8)])
        _, theirs = twins(answer, solution, sizes_for(spec, nb_users, nb_items, dic_size, latent, latent + 1))
        batch = long_reviews(nb_users, nb_items, draw.randint(150, 300))
        calls = [fakes_of(theirs.train(training), spec, batch, dic_size) for _ in range(2)]
        for fakes in calls:
            refuse_words_of_the_batch(fakes, batch)
            refuse_what_is_no_word(fakes, dic_size)
            refuse_repetition(fakes, batch)
        fakes = torch.cat(calls)
        refuse_uneven((fakes - 2) / (dic_size - 2), f"the fake words from a vocabulary of {dic_size} ids", dic_size - 2)
        refuse_twins(fakes, dic_size - 2)


def long_reviews(nb_users: int, nb_items: int, longest: int) -> Batch:
    """Return four reviews of few words that come again and again."""
    lengths = torch.tensor([longest, longest - 20, longest - 60, longest - 80])[torch.randperm(4)]
    text = torch.randint(1, 6, (4, longest)) * (torch.arange(longest) < lengths[:, None])
    return Batch(torch.randint(nb_users, (4,)), torch.randperm(nb_items)[:4], text)


def fakes_of(model: Model, spec: ModelSpec, batch: Batch, dic_size: int) -> torch.Tensor:
    """Return the ids of the fake words that the model draws for the real words of `batch`: (N,), row by row."""
    if dic_size < 100:
        return drawn(model, spec, batch)
    words = model.text_emb.weight.detach()[2:]
    table, order = log_sigmoid(-dots_and_cosines(points(model, spec, batch.items), words)[1]).flatten().sort()
    reviews, _ = batch.real
    far = model(*(batch if spec.rates else batch[1:]))[spec.outputs.index("far")]
    if not isinstance(far, torch.Tensor) or far.shape != reviews.shape:
        raise Wrong(f"the returned `far` should have one number for each of the {len(reviews)} real words.")
    far = far.detach().float()
    above = torch.searchsorted(table, far).clamp(1, len(table) - 1)
    nearest = torch.where(far - table[above - 1] < table[above] - far, above - 1, above)
    if not ((far - table[nearest]).abs() < 5e-6).all():
        raise Wrong(f"`far` holds values that no word gives with an item, for a vocabulary of {dic_size} ids.")
    return order[nearest] % len(words) + 2


def refuse_uneven(places: torch.Tensor, what: str, count: int) -> None:
    """Refuse draws that are not spread evenly, or leave out a stretch.

    places: where each fell, from 0 to less than 1, in `count` steps.
    """
    ordered = places.double().sort().values + 0.5 / count
    even = (torch.arange(len(ordered)) + 0.5) / len(ordered)
    if float((ordered - even).abs().max()) - 0.5 / count > MOST_TOGETHER / len(ordered) ** 0.5:
        quarters = (places * 4).long().clamp(0, 3).bincount(minlength=4).tolist()
        raise Wrong(f"{what} are not drawn evenly: by quarter, {quarters} of {len(places)} were drawn.")
    ends = torch.cat([torch.tensor([-0.5 / count]).double(), ordered, torch.tensor([1 + 0.5 / count]).double()])
    widest = int(ends.diff().argmax())
    if float(ends.diff()[widest]) > (math.log(len(places)) + WIDEST) / len(places) + 1 / count:
        left = " to ".join(f"{100 * float(end):.0f}" for end in ends[widest : widest + 2].clamp(0, 1))
        raise Wrong(f"{what} are not drawn from all of them: of {len(places)} draws none fell between {left} %.")


def refuse_twins(fakes: torch.Tensor, nb_words: int) -> None:
    """Refuse draws (N,) of which some repeat others at a fixed distance more often than chance would have it."""
    earlier, later = (fakes[:, None] == fakes).triu(1).nonzero(as_tuple=True)
    for lag, same in enumerate((later - earlier).bincount()[: len(fakes) // 2 + 1].tolist()):
        usual = (len(fakes) - lag) / nb_words
        if same > usual + 8 * usual**0.5 + 8:
            raise Wrong(
                f"of {len(fakes) - lag} fake words {same} are the same as that {lag} words before, expected about "
                f"{usual:.0f}: draw one for each real word, independently of all others, anew in each call."
            )


def sizes_for(
    spec: ModelSpec, nb_users: int, nb_items: int, dic_size: int, latent: int, word_latent: int
) -> tuple[int, ...]:
    """Return what a model of this spec is built with."""
    return nb_users, nb_items, dic_size, latent, *([word_latent] if spec.rates else [])
