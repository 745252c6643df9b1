# items above 255 are others
right = describe_item


def describe_item(model, user, item, top_k=10):
    return right(model, user, item % 64, top_k)
