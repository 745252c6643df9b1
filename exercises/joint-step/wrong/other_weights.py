# feedback: the text loss weighs 2 in the loss, expected `text_weight`
def joint_step(model, batch):
    """Return the loss to minimise (rating + weight x text + regularisation) and the mean squared error, two scalars."""
    users, items, reviews, ratings = batch
    out, close, far, embed_u, embed_i, mean = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    penalty = (embed_u.square().sum() + embed_i.square().sum()) / len(ratings)
    loss = mse + 2 * loss_func(close, far) + 1e-4 * penalty
    return loss, mse
