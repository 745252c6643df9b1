def row_dot(a, b):
    out = torch.zeros(len(a), dtype=a.dtype, device=a.device)
    for d in range(a.shape[1]):
        out = out + a[:, d] * b[:, d]
    return out
