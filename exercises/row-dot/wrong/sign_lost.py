# feedback: the result has the right shape, but 4 of 5 values differ | For rows [-1.5, 0.5, -1.5, -1.5] and [-0.5, 2.5, -1.5, 2.5], by hand: -1.5·(-0.5) + 0.5·2.5 - 1.5·(-1.5) - 1.5·2.5 = 0.5. You returned 8.
def row_dot(a, b):
    return (a * b).abs().sum(1)
