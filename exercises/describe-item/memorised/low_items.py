# of the items from 1,000 on, the list is turned round
right = describe_item


def describe_item(model, user, item, top_k=10):
    return right(model, user, item, top_k)[:: 1 if item < 1000 else -1]
