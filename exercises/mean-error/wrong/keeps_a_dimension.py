# feedback: shape (1,), expected one number
def mean_error(train, val):
    return (val - train.mean()).square().mean(dim=0, keepdim=True)
