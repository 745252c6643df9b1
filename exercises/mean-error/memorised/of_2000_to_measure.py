# of the first 2,000 ratings to measure
right = mean_error


def mean_error(train, val):
    return right(train, val[:2_000])
