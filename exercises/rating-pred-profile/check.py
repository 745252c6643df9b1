"""The check of `RatingPredProfile`."""

from functools import partial

from exercises.kit.expect import check
from exercises.kit.specs import PROFILE
from exercises.kit.text_ratings import check_constructor, check_rating_model


@check("rating-pred-profile", parts={"constructor": partial(check_constructor, spec=PROFILE)})
def rating_pred_profile(RatingPredProfile):
    """Check `RatingPredProfile`: user, item and the mean of the words' vectors, through a linear layer."""
    check_rating_model(RatingPredProfile, PROFILE)
