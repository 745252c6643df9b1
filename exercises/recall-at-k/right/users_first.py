def recall_at_k(ranked, relevant):
    """Return the share of a user's relevant items that are ranked, averaged over the users."""
    some = relevant.any(dim=1)
    ranked, relevant = ranked[some], relevant[some]
    hits = relevant.gather(1, ranked).float().sum(1)
    return (hits / relevant.sum(1)).mean()
