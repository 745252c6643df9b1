# feedback: whole number
def mean_error(train, val):
    return (val - train.mean()).square().mean().long()
