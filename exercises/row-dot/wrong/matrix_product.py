# feedback: shape (3, 3), expected (3,) | pairs every row
def row_dot(a, b):
    return a @ b.T
