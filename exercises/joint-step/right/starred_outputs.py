def joint_step(model, batch):
    """Return the loss to minimise (rating + weight x text + regularisation) and the mean squared error, two scalars."""
    users, items, reviews, ratings = batch
    out, close, far, *looked_up, _ = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    penalty = sum(rows.norm(dim=1).pow(2).mean() for rows in looked_up)
    loss = mse + text_weight * loss_func(close, far) + l2 * penalty
    return loss, mse
