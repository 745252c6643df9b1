"""What the grader tries of `RatingPred` besides its check."""

from exercises.hidden import hidden
from exercises.kit.comparison import compare_models, text_sizes, texts


@hidden("rating-pred")
def ratings_of_texts(answer, solution, draw, reference):
    """A model of texts alone, on texts of random lengths, some of which may be empty."""
    for dic_size, batch, longest, latent in text_sizes(draw):
        compare_models(answer, solution, (dic_size, latent), (texts(batch, longest, dic_size),), draw)
