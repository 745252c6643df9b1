# feedback: shape (3, 2), expected (3,) | products
def row_dot(a, b):
    return a * b
