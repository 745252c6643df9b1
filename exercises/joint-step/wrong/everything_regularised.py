# feedback: pushes some words of `close` harder | `close` is squared
def joint_step(model, batch):
    """Return the loss to minimise (rating + weight x text + regularisation) and the mean squared error, two scalars."""
    users, items, reviews, ratings = batch
    out, close, far, embed_u, embed_i, mean = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    penalty = sum(rows.square().sum() for rows in (close, far, embed_u, embed_i)) / len(ratings)
    loss = mse + text_weight * loss_func(close, far) + l2 * penalty
    return loss, mse
