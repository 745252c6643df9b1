# of the first 100 ratings
right = mean_error


def mean_error(train, val):
    return right(train[:100], val[:100])
