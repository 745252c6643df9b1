def recall_at_k(ranked, relevant):
    """Return the share of a user's relevant items that are ranked, averaged over the users."""
    rows = torch.arange(len(ranked), device=ranked.device)[:, None]
    hits = relevant[rows, ranked].sum(dim=1)
    counts = relevant.sum(dim=1)
    keep = counts != 0
    return (hits[keep].double() / counts[keep]).mean()
