def row_dot(a, b):
    every_pair = a @ b.T
    return every_pair.diagonal()
