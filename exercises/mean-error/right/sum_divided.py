def mean_error(train, val):
    guess = train.sum() / train.numel()
    return ((guess - val) ** 2).sum() / val.numel()
