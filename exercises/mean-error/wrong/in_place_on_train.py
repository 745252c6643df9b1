# feedback: changes `train`
def mean_error(train, val):
    train -= val.mean()
    return (val - val.mean() - train.mean()).square().mean()
