def bpr_step(model, batch):
    """Return the loss to minimise and the share of pairs in the wrong order, two scalars."""
    users, items, _, _ = batch
    others = torch.randint_like(items, seen.shape[1])
    while (again := seen[users, others]).any():
        others = torch.where(again, torch.randint_like(items, seen.shape[1]), others)
    out, embed_u, embed_i, _, imean, _ = model(users, items)
    out_other, _, embed_o, _, omean, _ = model(users, others)
    vectors = sum(rows.norm(dim=1).pow(2).mean() for rows in (embed_u, embed_i, embed_o))
    biases = (imean**2).mean() + (omean**2).mean()
    return bpr_loss(out, out_other) + l2 * (vectors + biases), 1 - (out > out_other).float().mean()
