# feedback: your code stopped | shapes (4,) and (3,)
def mean_error(train, val):
    return (train - val).square().mean()
