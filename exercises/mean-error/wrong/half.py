# feedback: That is half of it
def mean_error(train, val):
    return (val - train.mean()).square().mean() / 2
