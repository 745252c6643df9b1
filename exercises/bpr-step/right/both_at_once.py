def bpr_step(model, batch):
    """Return the loss to minimise and the share of pairs in the wrong order, two scalars."""
    users, items, _, _ = batch
    others = torch.randint_like(items, seen.shape[1])
    while (again := seen[users, others]).any():
        others = torch.where(again, torch.randint_like(items, seen.shape[1]), others)
    out, embed_u, embed_i, _, imean, _ = model(users.repeat(2), torch.cat([items, others]))
    chosen, other = out.chunk(2)
    penalty = embed_u[: len(users)].square().sum() + embed_i.square().sum() + imean.square().sum()
    loss = bpr_loss(chosen, other) + l2 * penalty / len(users)
    return loss, (other >= chosen).float().mean()
