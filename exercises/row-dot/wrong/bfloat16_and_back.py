# feedback: the result has the right shape, but 3 of 3 values differ | For rows [0.5186, -1.313] and [-1.03, -0.5008], by hand: 0.5186·(-1.03) - 1.313·(-0.5008) = 0.1232. You returned 0.1211.
def row_dot(a, b):
    return (a.bfloat16() * b.bfloat16()).sum(1).float()
