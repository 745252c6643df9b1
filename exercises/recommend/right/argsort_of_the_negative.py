def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    hidden = (-scores).masked_fill(seen, torch.inf)
    best = torch.argsort(hidden, dim=1)
    return best[:, :top_k]
