# feedback: shape (2, 2), expected (3,) | every column
def row_dot(a, b):
    return a.T @ b
