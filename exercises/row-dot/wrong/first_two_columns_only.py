# feedback: 5 of 5 values differ
def row_dot(a, b):
    return a[:, 0] * b[:, 0] + a[:, -1] * b[:, -1]
