def fold_in(model, items, ratings):
    """Return the vector (latent,) and the bias, one number, of somebody who gave these ratings."""
    with torch.no_grad():
        n, vectors = len(items), model.items(items)
        rest = ratings - model.gmean - model.imean(items).squeeze(1)
        A = vectors.T @ vectors + max(n, 1) * l2 * torch.eye(vectors.shape[1], device=vectors.device)
        bias, vector = rest.sum() * 0, (vectors * 0).sum(0)
        for _ in range(500):
            vector = torch.linalg.solve(A, vectors.T @ (rest - bias))
            bias = (rest - vectors @ vector).sum() / max(n + n * l2, 1)
    return vector, bias
