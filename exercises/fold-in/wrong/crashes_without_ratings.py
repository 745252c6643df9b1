# feedback: your code stopped | items []
def fold_in(model, items, ratings):
    """Return the vector (latent,) and the bias, one number, of somebody who gave these ratings."""
    with torch.no_grad():
        rows = F.pad(model.items(items), (0, 1), value=1.0)
        rest = ratings - model.gmean - model.imean(items).squeeze(1)
        penalty = len(items) * l2 * torch.eye(rows.shape[1], device=rows.device)
        both = torch.linalg.solve(rows.T @ rows + penalty, rows.T @ rest)
    return both[:-1], both[-1]
