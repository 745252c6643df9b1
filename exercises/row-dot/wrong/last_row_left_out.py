# feedback: the last row is left out
def row_dot(a, b):
    """Return the dot product of each row of a with the same row of b: (batch, latent), (batch, latent) -> (batch,)."""
    dots = [(a[n] * b[n]).sum() for n in range(len(a) - 1)]
    return torch.stack(dots) if dots else torch.zeros(0)
