# feedback: one less than there are ratings
def mean_error(train, val):
    return (val - train.mean()).square().sum() / (len(val) - 1)
