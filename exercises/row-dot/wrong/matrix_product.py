# feedback: shape (3, 3), expected (3,) | Every row of `a` meets every row of `b`
def row_dot(a, b):
    return a @ b.T
