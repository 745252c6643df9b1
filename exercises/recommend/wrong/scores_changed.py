# feedback: changes `scores`
def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    scores[seen] = -torch.inf
    return scores.topk(top_k, dim=1).indices
