def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    unseen = torch.where(seen, float("-inf"), scores)
    return unseen.sort(dim=1, descending=True)[1][:, :top_k]
