def joint_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out, close, far, embed_u, embed_i, mean = model(users, items, reviews)
    mse = ((out - ratings) ** 2).mean()
    text = -(close.mean() + far.mean())
    penalty = (embed_u**2).sum(dim=1).mean() + (embed_i**2).sum(dim=1).mean()
    loss = mse + text_weight * text + l2 * penalty
    return loss, mse
