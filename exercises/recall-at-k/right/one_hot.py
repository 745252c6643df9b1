def recall_at_k(ranked, relevant):
    """Return the share of a user's relevant items that are ranked, averaged over the users."""
    shown = F.one_hot(ranked, relevant.shape[1]).sum(dim=1)
    hits = (shown * relevant).sum(dim=1)
    counts = relevant.sum(dim=1)
    return (hits[counts > 0] / counts[counts > 0]).mean()
