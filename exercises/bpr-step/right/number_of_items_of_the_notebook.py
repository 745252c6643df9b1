def bpr_step(model, batch):
    """Return the loss to minimise and the share of pairs in the wrong order, two scalars."""
    users, items, _, _ = batch
    others = torch.randint_like(items, nb_items)
    while (known := seen[users, others]).any():
        others = torch.where(known, torch.randint_like(items, nb_items), others)
    chosen, embed_u, embed_i, _, imean, _ = model(users, items)
    other, _, embed_j, _, jmean, _ = model(users, others)
    penalty = sum(rows.square().sum() for rows in (embed_u, embed_i, embed_j, imean, jmean)) / len(users)
    return bpr_loss(chosen, other) + l2 * penalty, (other >= chosen).float().mean()
