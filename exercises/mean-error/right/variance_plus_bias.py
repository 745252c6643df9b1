def mean_error(train, val):
    away = val.mean() - train.mean()
    return val.var(unbiased=False) + away.square()
