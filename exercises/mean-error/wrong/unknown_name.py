# feedback: name 'train_mean' is not defined
def mean_error(train, val):
    return (val - train_mean).square().mean()
