def recall_at_k(ranked, relevant):
    """Return the share of a user's relevant items that are ranked, averaged over the users."""
    shares = []
    for row, wanted in zip(ranked.tolist(), relevant):
        mine = set(wanted.nonzero().flatten().tolist())
        if mine:
            shares.append(len(mine & set(row)) / len(mine))
    return sum(shares) / len(shares)
