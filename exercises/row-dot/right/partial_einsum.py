import functools

row_dot = functools.partial(torch.einsum, "bd,bd->b")
