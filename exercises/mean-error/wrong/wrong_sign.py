# feedback: the error is -3.333, expected 3.333
def mean_error(train, val):
    return -(val - train.mean()).square().mean()
