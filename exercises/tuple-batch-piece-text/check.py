"""The check of a collate function that draws words."""

import math
import random
from collections import Counter

import torch

from exercises.kit.collate import check_columns_of_reviews, expect_batch, expect_ids, random_reviews, shorten
from exercises.kit.expect import check, given
from exercises.kit.given.refusals import Wrong
from helpers.reviews import Review

WHERE = "tuple_batch_piece_text"
SOME_REVIEWS = [Review(2, 0, [4, 2, 7, 9, 3, 8, 6], 5.0), Review(0, 1, [3], 4.0), Review(1, 0, [1, 5, 5], 1.0)]
LONG_REVIEW = 700  # words: more than most reviews have
SHORT_REVIEWS = [Review(3, 5, [1], 2.0), Review(4, 2, [8, 3], 3.0)]


@check("tuple-batch-piece-text")
def tuple_batch_piece_text(tuple_batch_piece_text):
    """Check `tuple_batch_piece_text(batch, max_len=5)`: max_len words of each review, drawn at random."""
    for reviews in [SOME_REVIEWS, SHORT_REVIEWS, SHORT_REVIEWS[:1], SOME_REVIEWS[:1], drawn(6, 9)]:
        for max_len in [5, 3, 1, 12]:
            check_piece(tuple_batch_piece_text, reviews, max_len)
    for lengths in [[1, LONG_REVIEW, 60], [random.randint(1, 40) for _ in range(200)]]:
        many = random_reviews(lengths, highest_word=10_001, highest_id=5_000)
        check_piece(tuple_batch_piece_text, many, max_len=5)
    check_draws(tuple_batch_piece_text)
    check_draws(tuple_batch_piece_text, nb_words=90, max_len=5)


def drawn(count, longest):
    """Return encoded reviews of 1 to `longest` words, some of which come twice."""
    lengths = [longest, *(random.randint(1, longest) for _ in range(count - 1))]
    return random_reviews(lengths, highest_word=12)


def check_piece(tuple_batch_piece_text, reviews, max_len):
    """Return the rows of a batch; refuse others than `max_len` words of each review, with 0 where it has fewer."""
    handed_over = [review._replace(words=list(review.words)) for review in reviews]
    words = [review.words for review in reviews]
    longest = max(map(len, words))
    asked = {} if max_len == 5 else {"max_len": max_len}
    shown = f"with the words {words}" if longest <= 12 else f"of up to {longest} words"
    with given(f"max_len {max_len} and reviews {shown}"):
        tensors = tuple_batch_piece_text(handed_over, **asked)
    if handed_over != reviews:
        raise Wrong(
            f"`{WHERE}` changes the reviews it is given, which the next epoch still needs.\n"
            "  Is a list of words changed in place, such as by random.shuffle, .pop or +=? Work on a new list."
        )
    batch = expect_batch(tensors, WHERE)
    hints = [
        ((len(words), 5), f"Here max_len is {max_len}, not 5."),
        ((len(words), longest), f"Here max_len is {max_len}, while the longest review has {longest} words."),
        ((max_len, len(words)), "A row should be a review, and a column a position in it: here it is the other way."),
        (None, f"One row per review, {max_len} (max_len) columns, however long the reviews are."),
    ]
    expect_ids(batch["reviews"], (len(words), max_len), "the returned `reviews`", WHERE, hints)
    rows = batch["reviews"].tolist()
    refuse_another_order(rows, words)
    for row, review in zip(rows, words, strict=True):
        check_row(row, review, max_len)
    check_columns_of_reviews(batch, reviews, WHERE)
    return batch["reviews"]


def refuse_another_order(rows, words):
    """Refuse rows of which one holds words of another review, and none of its own."""
    for n, row in enumerate(rows):
        drawn = set(row) - {0}
        if not drawn or drawn & set(words[n]):
            continue
        if others := [m for m, review in enumerate(words) if drawn <= set(review)]:
            raise Wrong(
                f"row {n} of `reviews` holds words of review {others[0]}, and none of its own.\n"
                f"  From the words {shorten(words[n])} came {shorten(row)}. Each row stands beside its user."
            )


def check_row(row, review, max_len):
    """Refuse a row that is not drawn from the words of its review, each word of it at most once."""
    drawn, count = Counter(row), min(max_len, len(review))
    drawn.pop(0, None)
    example = f"\n  From the words {shorten(review)}, with max_len {max_len}, came {shorten(row)}."
    if foreign := [word for word in drawn if word not in review]:
        raise Wrong(
            f"a row of `reviews` holds {foreign[0]}, which is none of its review's words, nor 0, padding.{example}"
        )
    if twice := [word for word in drawn if drawn[word] > review.count(word)]:
        raise Wrong(
            f"a row of `reviews` holds word {twice[0]} more often than its review does.{example}\n"
            "  Without replacement: a word that was drawn is not put back."
        )
    if drawn.total() != count:
        raise Wrong(f"a row of `reviews` holds {drawn.total()} words, expected {count}.{example}")
    if 0 in row[:count]:
        raise Wrong(f"in a row of `reviews`, zeros stand before words.{example}\n  Words first, then zeros, as in 3.1.")


def check_draws(tuple_batch_piece_text, nb_words=12, max_len=4, size=40, calls=20):
    """Refuse draws that do not give each word of a review, and each two of them, the same chance, every time anew.

    Chance refuses a right answer less than once in a million times.
    """
    reviews = [Review(0, 0, list(range(2, 2 + nb_words)), 4.0)] * size
    came = torch.stack([pieces(tuple_batch_piece_text, reviews, max_len) for _ in range(calls)])
    chosen = torch.nn.functional.one_hot(came - 2, nb_words).sum(dim=2).float()  # (calls, size, nb_words)
    if (chosen == chosen[0, 0]).all():
        always = sorted(came[0, 0].tolist())
        raise Wrong(
            f"of the words {reviews[0].words}, always the same {max_len} come: {always}.\n"
            "  They should be drawn at random, for each review and each time anew."
        )
    if (chosen == chosen[0]).all():
        raise Wrong("each call draws the same words again. Does it set a seed? Each epoch should see other words.")
    if (chosen == chosen[:, :1]).all():
        raise Wrong("all reviews of a batch give words from the same positions; draw for each review.")
    nb_draws = calls * size
    check_chance(chosen.sum(dim=(0, 1)), nb_draws, max_len / nb_words, max_len)
    together = torch.einsum("cnv,cnw->vw", chosen, chosen)
    usual = nb_draws * max_len * (max_len - 1) / nb_words / (nb_words - 1)
    apart = (together - usual).fill_diagonal_(0).abs().max()
    if apart > most_apart(usual, nb_words**2 / 2):
        raise Wrong(
            "some words of a review come together more often than others do, such as neighbours.\n"
            "  Draw each word on its own, not a stretch of the review."
        )


def pieces(tuple_batch_piece_text, reviews, max_len):
    """Return the rows (reviews, max_len) that are drawn for `reviews` of the same words; refuse any other thing."""
    rows = expect_batch(tuple_batch_piece_text(list(reviews), max_len=max_len), WHERE)["reviews"]
    hints = [(None, f"One row per review, {max_len} (max_len) columns, however many reviews there are.")]
    expect_ids(rows, (len(reviews), max_len), "the returned `reviews`", WHERE, hints)
    for row in rows.tolist():
        check_row(row, reviews[0].words, max_len)
    return rows


def most_apart(variance, count):
    """Return how far from their mean `count` sums of chances may be: beyond it is one once in a million times, at most.

    Source: Bernstein's inequality.
    """
    log = math.log(2e6 * count)
    return log / 3 + ((log / 3) ** 2 + 2 * variance * log) ** 0.5


def check_chance(times, nb_draws, chance, max_len):
    """Refuse words of which some come more often than others do."""
    usual = nb_draws * chance
    if (times - usual).abs().max() > most_apart(usual * (1 - chance), len(times)):
        counts = times.long().tolist()
        shown = counts if len(counts) <= 20 else f"{str(counts[:6])[:-1]}, ..., {str(counts[-6:])[1:]}"
        raise Wrong(
            f"of a review of {len(times)} words, drawn {nb_draws} times with max_len {max_len}, some words come more "
            f"often than others:\n  by position {shown} times, expected about {usual:.0f} each."
        )
