def row_dot(a, b):
    latent = a.size(1)
    return torch.mean(a * b, axis=1) * latent
