"""What the grader tries of `tuple_batch_piece_text` besides its check."""

from exercises.hidden import hidden
from exercises.kit.collate import random_reviews
from exercises.kit.comparison import random_size

from .check import check_draws, check_piece


@hidden("tuple-batch-piece-text")
def pieces_of_reviews(answer, solution, draw, reference):
    """Pieces of a random length, and draws from reviews of another length than the check's."""
    count, longest = random_size(draw), draw.randint(10, 20)
    lengths = [longest, *(draw.randint(1, longest) for _ in range(count - 1))]
    reviews = random_reviews(lengths, highest_word=60, draw=draw)
    check_piece(answer, reviews, draw.choice([2, *range(6, 12), *range(13, 22)]))
    nb_words = draw.randint(13, 18)
    check_draws(answer, nb_words, max_len=draw.randint(5, 9), size=draw.randint(25, 39))
