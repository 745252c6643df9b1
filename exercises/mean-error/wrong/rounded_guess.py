# feedback: rounded to whole stars
def mean_error(train, val):
    return (val - train.mean().round()).square().mean()
