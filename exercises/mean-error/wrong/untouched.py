# feedback: is still to do
def mean_error(train, val):
    error = ...  # TODO: one number
    return error
