# feedback: These have the lowest scores
def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    return scores.masked_fill(seen, torch.inf).topk(top_k, dim=1, largest=False).indices
