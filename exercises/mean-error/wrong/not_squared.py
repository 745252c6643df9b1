# feedback: not squared
def mean_error(train, val):
    return (val - train.mean()).mean()
