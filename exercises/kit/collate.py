"""What the checks ask of a function that turns a list of reviews into a batch: four tensors of the right kind."""

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, dropwhile
from types import ModuleType
from typing import Any

import torch

from exercises.kit.expect import Hint, expect_tensor, expect_values
from exercises.kit.given.refusals import StillToDo, Wrong
from helpers.reviews import Review

OUTPUTS = ["users", "items", "reviews", "ratings"]
TABLE = OUTPUTS.index("reviews")


def expect_batch(tensors: Any, where: str) -> dict[str, torch.Tensor]:
    """Refuse what the function `where` returns unless it is four of something; return the four."""
    if tensors is ...:
        raise StillToDo(f"replace the `...` in `{where}`.")
    several = isinstance(tensors, tuple | list)
    if not several or len(tensors) != len(OUTPUTS):
        came = f"{len(tensors)} values." if several else f"a single {type(tensors).__name__}."
        if tensors is None:
            came = "None: does it end with `return`?"
        raise Wrong(f"`{where}` should return {', '.join(OUTPUTS)}: 4 tensors.\n  It returned {came}")
    if any(tensor is ... for tensor in tensors):
        raise StillToDo(f"replace the `...` in `{where}`.")
    tables = [n for n, part in enumerate(tensors) if isinstance(part, torch.Tensor) and part.dim() == 2]
    if (
        len(tables) == 1
        and tables != [TABLE]
        and isinstance(tensors[TABLE], torch.Tensor)
        and tensors[TABLE].dim() == 1
    ):
        raise Wrong(
            f"the only table among what `{where}` returns is value {tables[0] + 1} of 4; the reviews should be value "
            f"{TABLE + 1}.\n  Return {', '.join(OUTPUTS)}, in this order."
        )
    return dict(zip(OUTPUTS, tensors, strict=True))


def expect_ids(ids: torch.Tensor, shape: tuple[int, ...], what: str, where: str, hints: Sequence[Hint] = ()) -> None:
    """Refuse `ids` unless it is a tensor of `shape` of whole numbers, torch.long; hints: as in `expect_tensor`."""
    is_whole = isinstance(ids, torch.Tensor) and not ids.is_floating_point()
    expect_tensor(ids.float() if is_whole else ids, shape, what, where, hints)
    if ids.dtype != torch.long:
        kind = "whole" if is_whole else "decimal"
        raise Wrong(
            f"{what} holds {kind} numbers of type {ids.dtype}, expected torch.long.\n"
            "  They are ids, to be looked up in an embedding."
        )


def check_columns_of_reviews(batch: Mapping[str, torch.Tensor], reviews: list[Review], where: str) -> None:
    """Refuse users, items and ratings that are not those of `reviews`, one per review and in their order."""
    columns = {of: [getattr(review, of) for review in reviews] for of in ("user", "item", "rating")}
    for of in ("user", "item"):
        what = f"the returned `{of}s`"
        expect_ids(batch[f"{of}s"], (len(reviews),), what, where)
        others = [
            (f"These are the {other}s. Return {', '.join(OUTPUTS)}, in this order.", torch.tensor(column))
            for other, column in columns.items()
            if other != of
        ]
        expected = torch.tensor(columns[of])
        expect_values(batch[f"{of}s"], expected, what, f"It should be the {of} of each review: {columns[of]}.", others)
    what, ratings = "the returned `ratings`", batch["ratings"]
    expect_tensor(ratings, (len(reviews),), what, where)
    if ratings.dtype != torch.float32:
        raise Wrong(f"{what} is of type {ratings.dtype}, expected torch.float32, like the weights of the models.")
    example = f"It should be the rating of each review: {columns['rating']}."
    expect_values(ratings, torch.tensor(columns["rating"]), what, example)


def check_words(padded: torch.Tensor, reviews: list[Review], where: str) -> None:
    """Refuse `padded` unless its rows are the words of `reviews`, in order, with 0 where a review has fewer."""
    words, what = [[*map(int, review.words)] for review in reviews], "the returned `reviews`"
    nb_reviews, longest, shortest = len(words), max(map(len, words)), min(map(len, words))
    hints = [
        ((longest, nb_reviews), "A row should be a review, and a column a position in it: here it is the other way."),
        ((nb_reviews, shortest), "This is as long as the shortest review; the longer ones lose their ends."),
        ((nb_reviews, len(words[0])), "This is as long as the first review; which is the longest differs."),
        *lengths_after_a_loss(words),
        (
            (sum(map(len, words)),),
            "All words in one line: nobody can tell any more whose they are. One row per review.",
        ),
        (None, f"There are {nb_reviews} reviews in this batch, and the longest has {longest} words."),
    ]
    expect_ids(padded, (nb_reviews, longest), what, where, hints)
    due = torch.zeros(nb_reviews, longest, dtype=torch.long)
    due[torch.arange(longest) < torch.tensor([*map(len, words)])[:, None]] = torch.tensor([*chain(*words)])
    differ = (padded.cpu() != due).any(dim=1)
    if not differ.any():
        return
    n = int(differ.nonzero()[0])
    row, expected = padded[n].tolist(), due[n].tolist()
    example = f"For words {shorten(words[n])} row {n} should be {shorten(expected)}; it is {shorten(row)}."
    lines = [f"{what} has the right shape, but not the right words.", f"  {example}", *mistakes(padded, words)]
    raise Wrong("\n".join(lines))


def lengths_after_a_loss(words: list[list[int]]) -> list[Hint]:
    """Return pairs (shape, sentence) for tables in which words were lost before the longest review was looked for."""
    each_once, known = max(len(set(row)) for row in words), max(len([w for w in row if w > 1]) for row in words)
    return [
        ((len(words), each_once), "Each word counts as often as it is there: a set keeps it once."),
        ((len(words), known), "Word 1, unknown, is a word too, and it should stay."),
    ]


def without_padding(row: list[int]) -> list[int]:
    """Return a list without the zeros at its two ends."""
    tail_off = list(dropwhile(lambda word: word == 0, reversed(row)))
    return list(dropwhile(lambda word: word == 0, reversed(tail_off)))


def shorten(words: list[int]) -> str:
    """Return a list as text, of a long one its beginning."""
    return str(words) if len(words) <= 12 else f"{str(words[:6])[:-1]}, ...]"


def mistakes(padded: torch.Tensor, words: list[list[int]]) -> list[str]:
    """Return a line about the first usual mistake that leads to `padded`."""
    longest = padded.shape[1]

    def pad(rows: Iterable[list[int]], filler: int = 0) -> list[list[int]]:
        return [row + [filler] * (longest - len(row)) for row in rows]

    rows = padded.tolist()
    if sorted(map(without_padding, rows)) == sorted(words) and [without_padding(row) for row in rows] != words:
        n = next(n for n, row in enumerate(rows) if without_padding(row) != words[n])
        other = words.index(without_padding(rows[n]))
        return [f"  The rows are in another order: row {n} holds the words of review {other}, beside the user of {n}."]
    known = [
        ("A review's words come first, and then the zeros.", [[0] * (longest - len(row)) + row for row in words]),
        ("Padding is 0; 1 is the id of an unknown word, and it means something.", pad(words, 1)),
        ("-1 is no row of an embedding: padding is 0.", pad(words, -1)),
        ("The words come in the wrong direction: keep their order.", pad([row[::-1] for row in words])),
        ("The order of the words got lost: keep it.", pad(map(sorted, words))),
        ("Each word counts as often as it is there: a set keeps it once.", pad([sorted(set(row)) for row in words])),
        ("Word 1, unknown, is a word too, and it should stay.", pad([[w for w in row if w != 1] for row in words])),
        ("The ids are moved by one: padding has its 0 already.", pad([[w + 1 for w in row] for row in words])),
        ("The words are repeated where there should be padding.", [(row * longest)[:longest] for row in words]),
        ("The words of some reviews are cut off.", pad([row[: min(map(len, words))] for row in words])),
    ]
    return [f"  {sentence}" for sentence, due in known if rows == due][:1]


def random_reviews(
    lengths: Iterable[int], highest_word: int, draw: random.Random | ModuleType = random, highest_id: int = 98
) -> list[Review]:
    """Return encoded reviews of these lengths, their words 1 to `highest_word`; draw: a random.Random."""
    words = [[draw.randint(1, highest_word) for _ in range(length)] for length in lengths]
    ids = [(draw.randint(0, highest_id), draw.randint(0, highest_id)) for _ in words]
    return [Review(*pair, row, float(draw.randint(1, 5))) for pair, row in zip(ids, words, strict=True)]
