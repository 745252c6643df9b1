"""What the grader tries of `RatingPredProfile` besides its check."""

import torch

from exercises.hidden import hidden
from exercises.kit.comparison import ITEMS, USERS, WORDS, compare_models, text_sizes, texts


@hidden("rating-pred-profile")
def ratings_of_profiles(answer, solution, draw, reference):
    """A model of user, item and text."""
    for dic_size, batch, longest, latent in text_sizes(draw):
        nb_users, nb_items = (draw.choice([1, draw.randint(2, 40), draw.randint(257, most)]) for most in (USERS, ITEMS))
        if dic_size == WORDS:  # as large as in the session
            nb_users, nb_items = USERS, ITEMS
        ids = torch.randint(nb_users, (batch,)), torch.randint(nb_items, (batch,))
        sizes, inputs = (nb_users, nb_items, dic_size, latent), (*ids, texts(batch, longest, dic_size))
        compare_models(answer, solution, sizes, inputs, draw)
