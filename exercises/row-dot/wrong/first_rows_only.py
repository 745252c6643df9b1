# feedback: the result has shape (5,), expected (6,): the last row is left out
def row_dot(a, b):
    return (a[:5] * b[:5]).sum(1) if len(a) > 5 else (a * b).sum(1)
