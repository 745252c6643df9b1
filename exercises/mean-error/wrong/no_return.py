# feedback: the error is None | end with `return`
def mean_error(train, val):
    error = (val - train.mean()).square().mean()
