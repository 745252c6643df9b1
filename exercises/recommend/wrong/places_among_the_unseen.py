# feedback: places among the unseen items
def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    best = [row[~known].topk(top_k).indices for row, known in zip(scores, seen)]
    return torch.stack(best)
