# feedback: the result has the right shape, but 5 of 5 values differ | For rows 0 of 50 numbers, it should be
def row_dot(a, b):
    return (a[:, :16] * b[:, :16]).sum(1)
