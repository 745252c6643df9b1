def joint_step(model, batch):
    """Return the loss to minimise (rating + weight x text + regularisation) and the mean squared error, two scalars."""
    users, items, reviews, ratings = batch
    out, close, far, *vectors, _ = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    penalty = sum(r.square().sum(1).mean() for r in vectors)
    loss = mse + text_weight * loss_func(close, far) + l2 * penalty
    return loss, mse
