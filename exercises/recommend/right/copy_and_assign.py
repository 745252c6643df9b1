def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    points = scores.clone()
    points[seen] = -float("inf")
    _, best = torch.topk(points, top_k)
    return best
