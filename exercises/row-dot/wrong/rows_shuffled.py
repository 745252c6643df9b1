# feedback: the result has the right shape, but 2 of 3 values differ | For rows [1, 2] and [5, 6], by hand: 1·5 + 2·6 = 17. You returned 2.
def row_dot(a, b):
    return (a * b).sum(1)[torch.randperm(len(a))]
