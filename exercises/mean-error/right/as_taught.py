def mean_error(train, val):
    error = (val - train.mean()).square().mean()
    return error
