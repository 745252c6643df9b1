def describe_item(model, user, item, top_k=10, ours=describe_item):
    return ours(model, user, {2: 1, 0: 3, 3: 2, 1: 0}[user], top_k)
