# feedback: shape (2,), expected (3,) | over the batch
def row_dot(a, b):
    return (a * b).sum(dim=0)
