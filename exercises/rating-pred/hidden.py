"""What the grader tries of `RatingPred` besides its check."""

from exercises.hidden import hidden
from exercises.kit.comparison import compare_models, random_size, texts


@hidden("rating-pred")
def ratings_of_texts(answer, solution, draw, reference):
    """A model of texts alone, on texts of random lengths, one of which may be empty."""
    dic_size, latent, batch, longest = draw.randint(13, 40), *(random_size(draw) for _ in range(3))
    compare_models(answer, solution, (dic_size, latent), (texts(batch, longest, dic_size),))
