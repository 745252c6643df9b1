# feedback: has seen it
def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    return torch.where(seen, -1.0, scores).topk(top_k, dim=1).indices
