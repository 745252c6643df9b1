# feedback: of type str
def mean_error(train, val):
    return f"{(val - train.mean()).square().mean():.2f}"
