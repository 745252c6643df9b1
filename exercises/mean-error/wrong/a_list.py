# feedback: of type list, expected one number
def mean_error(train, val):
    return [(rating - train.mean()) ** 2 for rating in val]
