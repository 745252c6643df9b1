def fold_in(model, items, ratings):
    """Return the vector (latent,) and the bias, one number, of somebody who gave these ratings."""
    n, size = len(items), model.items.weight.shape[1]
    both = torch.zeros(size + 1, device=model.items.weight.device)
    if n == 0:
        return both[:-1], both[-1]
    rows = F.pad(model.items(items).detach(), (0, 1), value=1.0)
    rest = (ratings - model.gmean - model.imean(items).squeeze(1)).detach()
    step = 1 / (rows.square().sum() + n * l2)
    for _ in range(1500):
        both = both - step * (rows.T @ (rows @ both - rest) + n * l2 * both)
    return both[:-1], both[-1]
