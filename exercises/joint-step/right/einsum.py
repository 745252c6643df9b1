def joint_step(model, batch):
    """Return the loss to minimise (rating + weight x text + regularisation) and the mean squared error, two scalars."""
    users, items, reviews, ratings = batch
    out, close, far, embed_u, embed_i, mean = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    penalty = (torch.einsum("bd,bd->b", embed_u, embed_u) + torch.einsum("bd,bd->b", embed_i, embed_i)).mean()
    loss = mse + text_weight * loss_func(close, far) + l2 * penalty
    return loss, mse
