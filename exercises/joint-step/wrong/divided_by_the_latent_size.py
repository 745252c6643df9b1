# feedback: the penalty on the users weighs 0.1 in the loss, expected `l2`, 0.3 | A squared length is the sum over the latent dimension; only over the reviews a mean is taken.
def joint_step(model, batch):
    """Return the loss to minimise (rating + weight x text + regularisation) and the mean squared error, two scalars."""
    users, items, reviews, ratings = batch
    out, close, far, embed_u, embed_i, mean = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    penalty = (embed_u.square().sum() + embed_i.square().sum()) / len(ratings) / embed_u.shape[1]
    loss = mse + text_weight * loss_func(close, far) + l2 * penalty
    return loss, mse
