# feedback: You guess the mean of `val`
def mean_error(train, val):
    return (val - val.mean()).square().mean()
