# feedback: absolute differences
def mean_error(train, val):
    return (val - train.mean()).abs().mean()
