def row_dot(a, b):
    products = torch.mul(a, b)
    return products.sum(dim=-1, keepdim=True)[:, 0]
