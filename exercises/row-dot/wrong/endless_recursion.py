# feedback: RecursionError | in row_dot, line 3
def row_dot(a, b):
    return row_dot(a, b)
