# feedback: changes `seen`
def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    unseen = seen.logical_not_()
    return torch.where(unseen, scores, -torch.inf).topk(top_k, dim=1).indices
