# feedback: That is the error on `train`
def mean_error(train, val):
    return (train - train.mean()).square().mean()
