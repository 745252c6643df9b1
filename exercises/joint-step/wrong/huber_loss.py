# feedback: the returned `mse` has the right shape, but 1 of 1 value differs | That is no mean of squares: is a Huber or smooth loss taken in its place?
def joint_step(model, batch):
    """Return the loss to minimise (rating + weight x text + regularisation) and the mean squared error, two scalars."""
    users, items, reviews, ratings = batch
    out, close, far, embed_u, embed_i, mean = model(users, items, reviews)
    mse = F.smooth_l1_loss(out, ratings)
    penalty = (embed_u.square().sum() + embed_i.square().sum()) / len(ratings)
    loss = mse + text_weight * loss_func(close, far) + l2 * penalty
    return loss, mse
