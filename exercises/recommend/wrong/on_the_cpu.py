# feedback: on a fixed device | scores.device
def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    hidden = torch.zeros(scores.shape)
    hidden[seen] = torch.inf
    return (scores - hidden).topk(top_k, dim=1).indices
