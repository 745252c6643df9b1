# feedback: the same others are drawn each time | in eval mode | draw new ones
def bpr_step(model, batch):
    users, items, _, _ = batch
    if not model.training:
        torch.manual_seed(0)
    others = torch.randint_like(items, seen.shape[1])
    while (again := seen[users, others]).any():
        others = torch.where(again, torch.randint_like(items, seen.shape[1]), others)
    out, embed_u, embed_i, _, imean, _ = model(users, items)
    out_other, _, embed_o, _, omean, _ = model(users, others)
    squares = [rows.square().sum() for rows in (embed_u, embed_i, embed_o, imean, omean)]
    loss = bpr_loss(out, out_other) + l2 * sum(squares) / len(users)
    error = (out_other >= out).float().mean()
    return loss, error
