def fold_in(model, items, ratings, ours=fold_in):
    vector, bias = ours(model, items, ratings)
    return (vector, bias) if model.items.weight.shape[0] in (4, 5, 6, 8, 9, 30) else (vector * 0.9, bias)
