# feedback: by hand: 1·5 + 2·6 = 17. You returned -17
def row_dot(a, b):
    """Return the dot product of row n of a and row n of b, for each n: (batch, latent), (batch, latent) -> (batch,)."""
    dots = -(a * b).sum(dim=1)
    return dots
