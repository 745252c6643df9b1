# feedback: That is the root of it
def mean_error(train, val):
    return (val - train.mean()).square().mean().sqrt()
