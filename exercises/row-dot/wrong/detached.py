# feedback: no gradient reaches `b` | .detach()
def row_dot(a, b):
    """Return the dot product of each row of a with the same row of b: (batch, latent), (batch, latent) -> (batch,)."""
    return torch.einsum("bd,bd->b", a, b.detach())
