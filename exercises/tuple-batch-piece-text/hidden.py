"""What the grader tries of `tuple_batch_piece_text` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.beside import refuse_uneven
from exercises.kit.collate import random_reviews
from exercises.kit.comparison import BATCH, FULL, LONGEST, random_size, shuffled
from exercises.kit.given.refusals import Wrong
from exercises.kit.reviews_drawn import reviews_of

from .check import check_draws, check_piece, pieces


@hidden("tuple-batch-piece-text")
def pieces_of_reviews(answer, solution, draw, reference):
    """Pieces of any length, of reviews of one word to thousands, and draws from reviews of other lengths."""
    count, longest = random_size(draw), draw.randint(10, 20)
    lengths = [longest, *(draw.randint(1, longest) for _ in range(count - 1))]
    long = [draw.randint(1_025, LONGEST), *(draw.randint(1, 60) for _ in range(draw.randint(3, 12)))]
    asks = [
        lambda: check_piece(
            answer, random_reviews(lengths, highest_word=60, draw=draw), draw.choice([2, *range(6, 12), *range(13, 22)])
        ),
        lambda: check_many(answer, draw),
        lambda: check_piece(answer, reviews_of(shuffled(draw, long), draw), draw.choice([25, draw.randint(22, 300)])),
        lambda: check_draws(answer, draw.randint(13, 18), max_len=draw.randint(5, 9), size=draw.randint(25, 39)),
        lambda: check_long_draws(answer, draw),
    ]
    for ask in shuffled(draw, asks):
        ask()


def check_many(answer, draw):
    """Refuse draws for a batch as large as the session's that favour some places of their reviews."""
    reviews = reviews_of([draw.randint(3, 7) for _ in range(draw.randint(FULL, BATCH))], draw, distinct=True)
    rows = check_piece(answer, reviews, draw.randint(2, 3))
    words = torch.tensor([[*review.words, *[-1] * (7 - len(review.words))] for review in reviews])
    places = (rows[:, :, None] == words[:, None]).float().argmax(dim=2)
    lengths = torch.tensor([len(review.words) for review in reviews])[:, None]
    shares = (places + torch.rand(places.shape)) / lengths  # of a fair draw, any number from 0 to 1
    refuse_uneven(shares.flatten(), f"the words of {len(reviews)} reviews, ordered by their place,", 10**6)


def check_long_draws(answer, draw):
    """Refuse draws from long reviews that do not reach all of them alike, or that are the same in several reviews."""
    nb_words, max_len = draw.randint(1_000, LONGEST), draw.randint(20, 30)
    size = 50_000 // nb_words
    (review,) = reviews_of([nb_words], draw, distinct=True)
    rows = pieces(answer, [review] * size, max_len)
    position = {word: place for place, word in enumerate(review.words)}
    places = torch.tensor([[position[word] for word in row] for row in rows.tolist()])  # (size, max_len)
    refuse_uneven(places.flatten() / nb_words, f"the words of reviews of {nb_words}", nb_words)
    refuse_alike(places, nb_words)


def refuse_alike(places, nb_words):
    """Refuse draws (reviews, max_len) of which those at a fixed distance have more in common than chance gives them."""
    size, max_len = places.shape
    chosen = torch.zeros(size, nb_words).scatter(1, places, 1)
    alike = chosen @ chosen.T
    for lag in range(1, size):
        common, usual = float(alike.diagonal(lag).sum()), (size - lag) * max_len**2 / nb_words
        if common > usual + 8 * usual**0.5 + 8 + max_len:
            raise Wrong(
                f"reviews that are {lag} apart in a batch give words from the same positions: {common:.0f} in common, "
                f"expected about {usual:.0f}. Draw for each review."
            )
