# feedback: the result has the right shape, but 3 of 5 values differ | Dot products below 0 are right, too: do not make them 0.
def row_dot(a, b):
    return F.relu((a * b).sum(1))
