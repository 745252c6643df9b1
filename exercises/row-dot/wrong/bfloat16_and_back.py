# feedback: the result has the right shape, but 3 of 3 values differ
def row_dot(a, b):
    return (a.bfloat16() * b.bfloat16()).sum(1).float()
