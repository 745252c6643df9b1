def row_dot(a, b):
    dots = torch.zeros(len(a))
    for d in range(a.shape[1]):
        dots += a[:, d] * b[:, d]
    return dots
