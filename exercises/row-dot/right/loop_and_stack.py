def row_dot(a, b):
    dots = []
    for row_a, row_b in zip(a, b):
        dots.append(torch.dot(row_a, row_b))
    return torch.stack(dots)
