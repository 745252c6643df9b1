"""The check of `RatingPred`."""

from functools import partial

from exercises.kit.expect import check
from exercises.kit.specs import PLAIN
from exercises.kit.text_ratings import check_constructor, check_rating_model


@check("rating-pred", parts={"constructor": partial(check_constructor, spec=PLAIN)})
def rating_pred(RatingPred):
    """Check `RatingPred`: the mean of the words' vectors, through a linear layer."""
    check_rating_model(RatingPred, PLAIN)
