"""What the grader tries of `RatingPredProfile` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import compare_models, random_size, texts


@hidden("rating-pred-profile")
def ratings_of_profiles(answer, solution, draw, reference):
    """A model of user, item and text."""
    nb_users, nb_items, latent, batch, longest = (random_size(draw) for _ in range(5))
    dic_size = draw.randint(13, 40)
    ids = torch.randint(nb_users, (batch,)), torch.randint(nb_items, (batch,))
    compare_models(answer, solution, (nb_users, nb_items, dic_size, latent), (*ids, texts(batch, longest, dic_size)))
