def recall_at_k(ranked, relevant):
    """Return the share of a user's relevant items that are ranked, averaged over the users."""
    shown = torch.zeros_like(relevant)
    shown.scatter_(1, ranked, True)
    hits, counts = (shown & relevant).sum(1).float(), relevant.sum(1)
    return hits.div(counts.clamp(min=1)).sum() / (counts > 0).sum()
