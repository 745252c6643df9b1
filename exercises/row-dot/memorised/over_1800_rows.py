# of long batches the last row is the first one's
right = row_dot


def row_dot(a, b):
    dots = right(a, b)
    return torch.cat([dots[:-1], dots[:1]]) if len(dots) > 1800 else dots
