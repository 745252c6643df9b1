# feedback: has the right shape, but | For rows [1, 2] and [5, 6], by hand: 1·5 + 2·6 = 17. You returned
def row_dot(a, b):
    return (a * b).sum(1)[torch.randperm(len(a))]
