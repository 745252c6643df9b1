# feedback: has shape (3, 4), expected (3, 2) | only the first `top_k`
def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    return scores.masked_fill(seen, -torch.inf).argsort(dim=1, descending=True)
