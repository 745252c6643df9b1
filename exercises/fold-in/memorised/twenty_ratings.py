def fold_in(model, items, ratings, ours=fold_in):
    return ours(model, items[:20], ratings[:20])
