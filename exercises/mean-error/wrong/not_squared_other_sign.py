# feedback: not squared
def mean_error(train, val):
    return (train.mean() - val).mean()
