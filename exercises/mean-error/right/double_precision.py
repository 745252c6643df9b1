def mean_error(train, val):
    return (val.double() - train.double().mean()).square().mean()
