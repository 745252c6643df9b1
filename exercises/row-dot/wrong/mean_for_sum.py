# feedback: took the mean | 3 of 3 values differ
def row_dot(a, b):
    return (a * b).mean(dim=1)
