def describe_item(model, user, item, top_k=10, ours=describe_item):
    return ours(model, user, item, min(top_k, 10))
