# feedback: has shape (3,)
def recall_at_k(ranked, relevant):
    """Return the share of a user's relevant items that are ranked, averaged over the users."""
    hits = relevant.gather(1, ranked).sum(dim=1)
    counts = relevant.sum(dim=1)
    return (hits / counts)[counts > 0]
