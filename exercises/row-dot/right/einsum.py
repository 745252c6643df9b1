def row_dot(a, b):
    return torch.einsum("nd,nd->n", a, b)
