# feedback: the result has the right shape, but 5 of 5 values differ | For rows 0 of 50 numbers, it should be -2.941. You returned -4.875.
def row_dot(a, b):
    return (a[:, :16] * b[:, :16]).sum(1)
