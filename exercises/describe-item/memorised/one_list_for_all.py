# each list is written over the one before
right, words = describe_item, []


def describe_item(model, user, item, top_k=10):
    words[:] = right(model, user, item, top_k)
    return words
