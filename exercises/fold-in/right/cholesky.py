def fold_in(model, items, ratings):
    """Return the vector (latent,) and the bias, one number, of somebody who gave these ratings."""
    with torch.no_grad():
        rows = F.pad(model.items(items), (0, 1), value=1.0)
        rest = ratings - model.gmean - model.imean(items).squeeze(1)
        A = rows.T @ rows + max(1, len(items)) * l2 * torch.eye(rows.shape[1], device=rows.device)
        both = torch.cholesky_solve((rows.T @ rest)[:, None], torch.linalg.cholesky(A)).squeeze(1)
    vector, bias = both[:-1], float(both[-1])
    return vector, bias
