# feedback: has the right shape, but | Dot products below 0 are right, too: do not make them 0.
def row_dot(a, b):
    return F.relu((a * b).sum(1))
