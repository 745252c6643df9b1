# feedback: number of ratings in `train`
def mean_error(train, val):
    return (val - train.mean()).square().sum() / len(train)
