"""The check of `TextItem`."""

from exercises.kit.embeddings import TEXT_ITEM
from exercises.kit.expect import check
from exercises.kit.item_words import check_item_model


@check("text-item")
def text_item(TextItem):
    """Check `TextItem`: log sigmoids of cosines of an item with the words said of it, and with fake ones."""
    check_item_model(TextItem, TEXT_ITEM)
