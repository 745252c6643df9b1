# feedback: For train [5, 3, 4, 4] the guess is their mean, 4
def mean_error(train, val):
    return (val.mean() - train.mean()).abs()
