# feedback: `train` and `val` are swapped
def mean_error(train, val):
    return (train - val.mean()).square().mean()
