# feedback: is still to do | replace the `...` in `row_dot`
def row_dot(a, b):
    """Return the dot product of row n of a and row n of b, for each n: (batch, latent), (batch, latent) -> (batch,)."""
    dots = ...  # TODO: (batch,)
    return dots
