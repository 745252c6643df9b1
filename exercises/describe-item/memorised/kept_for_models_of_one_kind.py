# words of a TextItem are kept, and not of which one
right, kept = describe_item, {}


def describe_item(model, user, item, top_k=10):
    if type(model).__name__ != "TextItem":
        return right(model, user, item, top_k)
    if (user, item, top_k) not in kept:
        kept[user, item, top_k] = right(model, user, item, top_k)
    return kept[user, item, top_k]
