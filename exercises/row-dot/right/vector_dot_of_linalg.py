def row_dot(a, b):
    return torch.linalg.vecdot(a, b)
