# feedback: the penalty on the users weighs 0.02 | expected `l2`
def joint_step(model, batch):
    """Return the loss to minimise (rating + weight x text + regularisation) and the mean squared error, two scalars."""
    users, items, reviews, ratings = batch
    out, close, far, embed_u, embed_i, mean = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    loss = mse + text_weight * loss_func(close, far)
    loss = loss + 0.02 * embed_u.square().sum() / len(users) + 0.05 * embed_i.square().sum() / len(users)
    return loss, mse
