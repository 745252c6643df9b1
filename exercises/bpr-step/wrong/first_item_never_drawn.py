# feedback: item 0 is never drawn
def bpr_step(model, batch):
    """Return the loss to minimise and the share of pairs in the wrong order, two scalars."""
    users, items, _, _ = batch
    others = torch.randint_like(items, 1, seen.shape[1])
    while (again := seen[users, others]).any():
        others = torch.where(again, torch.randint_like(items, 1, seen.shape[1]), others)
    out, embed_u, embed_i, _, imean, _ = model(users, items)
    out_other, _, embed_o, _, omean, _ = model(users, others)
    squares = [rows.square().sum() for rows in (embed_u, embed_i, embed_o, imean, omean)]
    loss = bpr_loss(out, out_other) + l2 * sum(squares) / len(users)
    error = (out_other >= out).float().mean()
    return loss, error
