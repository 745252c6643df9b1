def recall_at_k(ranked, relevant):
    """Return the share of a user's relevant items that are ranked, averaged over the users."""
    wanted = relevant.cpu().numpy()
    hits = np.take_along_axis(wanted, ranked.cpu().numpy(), axis=1).sum(axis=1)
    counts = wanted.sum(axis=1)
    return float((hits[counts > 0] / counts[counts > 0]).mean())
