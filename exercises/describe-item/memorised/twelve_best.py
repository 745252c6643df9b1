# 12 words at most
right = describe_item


def describe_item(model, user, item, top_k=10):
    return right(model, user, item, min(top_k, 12))
