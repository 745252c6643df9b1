"""What the grader tries of `tuple_batch_piece_text` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.beside import refuse_uneven
from exercises.kit.collate import random_reviews
from exercises.kit.comparison import BATCH, LONGEST, random_size, shuffled
from exercises.kit.given.refusals import Wrong
from exercises.kit.reviews_drawn import reviews_of

from .check import check_draws, check_piece, pieces


@hidden("tuple-batch-piece-text")
def pieces_of_reviews(answer, solution, draw, reference):
    """Pieces of any length, of reviews of one word to thousands, and draws from reviews of other lengths."""
    count, longest = random_size(draw), draw.randint(10, 20)
    lengths = [longest, *(draw.randint(1, longest) for _ in range(count - 1))]
    many = [draw.randint(1, 6) for _ in range(draw.randint(513, BATCH))]
    long = [draw.randint(1_025, LONGEST), *(draw.randint(1, 60) for _ in range(draw.randint(3, 12)))]
    asks = [
        lambda: check_piece(
            answer, random_reviews(lengths, highest_word=60, draw=draw), draw.choice([2, *range(6, 12), *range(13, 22)])
        ),
        lambda: check_piece(answer, reviews_of(many, draw), draw.randint(2, 5)),
        lambda: check_piece(answer, reviews_of(shuffled(draw, long), draw), draw.choice([25, draw.randint(22, 300)])),
        lambda: check_draws(answer, draw.randint(13, 18), max_len=draw.randint(5, 9), size=draw.randint(25, 39)),
        lambda: check_long_draws(answer, draw),
    ]
    for ask in shuffled(draw, asks):
        ask()


def check_long_draws(answer, draw):
    """Refuse draws from long reviews that do not reach all of them alike, or that are the same in several reviews."""
    nb_words, max_len, size = draw.randint(40, 600), draw.choice([5, 25]), draw.randint(120, 250)
    (review,) = reviews_of([nb_words], draw, distinct=True)
    rows = pieces(answer, [review] * size, max_len)
    position = {word: place for place, word in enumerate(review.words)}
    places = torch.tensor([[position[word] for word in row] for row in rows.tolist()])  # (size, max_len)
    refuse_uneven(places.flatten() / nb_words, f"the words of reviews of {nb_words}", nb_words)
    refuse_alike(places, nb_words)


def refuse_alike(places, nb_words):
    """Refuse draws (reviews, max_len) of which those at a fixed distance have more in common than chance gives them."""
    chosen = torch.nn.functional.one_hot(places, nb_words).sum(dim=1).float()
    max_len = places.shape[1]
    for lag in range(1, len(places)):
        pairs = len(places) - lag
        common, usual = float((chosen[lag:] * chosen[:-lag]).sum()), pairs * max_len**2 / nb_words
        if common > usual + 8 * usual**0.5 + 8 + max_len:
            raise Wrong(
                f"reviews that are {lag} apart in a batch give words from the same positions: {common:.0f} in common, "
                f"expected about {usual:.0f}. Draw for each review."
            )
