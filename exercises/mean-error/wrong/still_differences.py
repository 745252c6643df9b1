# feedback: one for each rating
def mean_error(train, val):
    return val - train.mean()
