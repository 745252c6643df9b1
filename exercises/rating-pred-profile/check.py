"""The check of `RatingPredProfile`."""

from exercises.kit.embeddings import PROFILE
from exercises.kit.expect import check
from exercises.kit.text_ratings import check_rating_model


@check("rating-pred-profile")
def rating_pred_profile(RatingPredProfile):
    """Check `RatingPredProfile`: user, item and the mean of the words' vectors, through a linear layer."""
    check_rating_model(RatingPredProfile, PROFILE)
