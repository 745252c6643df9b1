# feedback: shape (), expected (3,) | everything into one number
def row_dot(a, b):
    return (a * b).sum()
