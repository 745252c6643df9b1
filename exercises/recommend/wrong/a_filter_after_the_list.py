# feedback: has shape (3, 1), expected (3, 2)
def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    best = scores.topk(top_k, dim=1).indices
    return torch.stack([row[~known[row]] for row, known in zip(best, seen)])
