def mean_error(train, val):
    return (train.mean() - val).pow(2).mean().item()
