def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    best = []
    for n in range(len(scores)):
        ids = (~seen[n]).nonzero().squeeze(1)
        best.append(ids[scores[n, ids].topk(top_k).indices])
    return torch.stack(best)
