# feedback: of type ndarray, expected a tensor
def row_dot(a, b):
    return (a.numpy() * b.numpy()).sum(axis=1)
