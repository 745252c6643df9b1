def recommend(scores, seen, top_k=10):
    """Return for each user the ids of the best items not seen, best first: (users, top_k)."""
    points = scores.detach().cpu().numpy().copy()
    points[seen.cpu().numpy()] = -np.inf
    best = np.argsort(-points, axis=1)[:, :top_k].copy()
    return torch.tensor(best, device=scores.device)
