# feedback: name 'batch' is not defined | in row_dot, line 3
def row_dot(a, b):
    return (a * b).reshape(batch, -1).sum(dim=1)
