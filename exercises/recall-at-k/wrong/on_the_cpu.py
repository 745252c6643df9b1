# feedback: on a fixed device | ranked.device
def recall_at_k(ranked, relevant):
    """Return the share of a user's relevant items that are ranked, averaged over the users."""
    shown = torch.zeros(relevant.shape, dtype=torch.bool)
    shown.scatter_(1, ranked, True)
    hits, counts = (shown & relevant).sum(1), relevant.sum(1)
    return (hits / counts)[counts > 0].mean()
