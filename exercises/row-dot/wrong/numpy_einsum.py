# feedback: the result is of type ndarray, expected a tensor of shape (3,) | Stay with torch: from an array of numpy, no gradient leads back.
def row_dot(a, b):
    return np.einsum("bd,bd->b", a, b)
