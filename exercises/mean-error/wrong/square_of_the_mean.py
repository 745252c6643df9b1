# feedback: square of the mean difference
def mean_error(train, val):
    return (val - train.mean()).mean().square()
