def fold_in(model, items, ratings):
    """Return the vector (latent,) and the bias, one number, of somebody who gave these ratings."""
    size = model.items.weight.shape[1]
    if len(items) == 0:
        return torch.zeros(size, device=model.items.weight.device), 0.0
    vectors = model.items.weight[items].detach()
    rows = torch.cat([vectors, torch.ones_like(vectors[:, :1])], dim=1)
    rest = ratings - model.gmean.detach() - model.imean.weight[items, 0].detach()
    A = rows.T @ rows + len(items) * l2 * torch.eye(size + 1, device=rows.device)
    both = torch.inverse(A) @ rows.T @ rest
    return both[:size], both[size].item()
