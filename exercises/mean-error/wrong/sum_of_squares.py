# feedback: The squares are summed
def mean_error(train, val):
    return (val - train.mean()).square().sum()
