# feedback: 3 of 3 values differ | You returned 0.5333
def row_dot(a, b):
    """Return the dot product of row n of a and row n of b, for each n: (batch, latent), (batch, latent) -> (batch,)."""
    dots = (a / b).sum(dim=1)
    return dots
