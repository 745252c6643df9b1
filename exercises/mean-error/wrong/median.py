# feedback: the median
def mean_error(train, val):
    return (val - train.median()).square().mean()
