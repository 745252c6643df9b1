# feedback: has the right shape, but
def row_dot(a, b):
    return (a * b).abs().sum(1)
