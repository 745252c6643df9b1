# feedback: your code stopped | The model returns out, close, far, embed_u, embed_i, mean, in this order.
def joint_step(model, batch):
    """Return the loss to minimise (rating + weight x text + regularisation) and the mean squared error, two scalars."""
    users, items, reviews, ratings = batch
    close, far, out, embed_u, embed_i, mean = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    penalty = (embed_u.square().sum() + embed_i.square().sum()) / len(ratings)
    loss = mse + text_weight * loss_func(close, far) + l2 * penalty
    return loss, mse
