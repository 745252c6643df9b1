"""The check of `TextClassicMF`."""

from functools import partial

from exercises.kit.expect import check
from exercises.kit.item_words import check_constructor, check_item_model
from exercises.kit.specs import JOINT


@check("text-classic-mf", parts={"constructor": partial(check_constructor, spec=JOINT)})
def text_classic_mf(TextClassicMF):
    """Check `TextClassicMF`: a ClassicMF whose items also have, through `to_text`, a place among the words."""
    check_item_model(TextClassicMF, JOINT)
