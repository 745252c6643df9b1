def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    left, best = scores.masked_fill(seen, -torch.inf), []
    for _ in range(top_k):
        first = left.argmax(dim=1)
        best.append(first)
        left = left.scatter(1, first[:, None], -torch.inf)
    return torch.stack(best, dim=1)
