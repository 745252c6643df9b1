"""The check of `TextItem`."""

from functools import partial

from exercises.kit.expect import check
from exercises.kit.item_words import check_constructor, check_item_model
from exercises.kit.specs import TEXT_ITEM


@check("text-item", parts={"constructor": partial(check_constructor, spec=TEXT_ITEM)})
def text_item(TextItem):
    """Check `TextItem`: log sigmoids of cosines of an item with the words said of it, and with fake ones."""
    check_item_model(TextItem, TEXT_ITEM)
