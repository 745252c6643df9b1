def fold_in(model, items, ratings):
    """Return the vector (latent,) and the bias, one number, of somebody who gave these ratings."""
    with torch.no_grad():
        n, vectors = max(len(items), 1), model.items(items)
        rest = ratings - model.gmean - model.imean(items).squeeze(1)
        share = 1 / (n * (1 + l2))
        sums, total = vectors.sum(0), rest.sum()
        A = vectors.T @ vectors - share * torch.outer(sums, sums)
        A = A + n * l2 * torch.eye(len(sums), device=sums.device)
        vector = torch.linalg.solve(A, vectors.T @ rest - share * sums * total)
        return vector, share * (total - sums @ vector)
