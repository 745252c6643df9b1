# feedback: You guess 3
def mean_error(train, val):
    return (val - 3).square().mean()
