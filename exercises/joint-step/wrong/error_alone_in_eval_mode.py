# feedback: in eval mode and without gradients, `joint_step` returns another `loss` than while it learns
def joint_step(model, batch):
    """Return the loss to minimise (rating + weight x text + regularisation) and the mean squared error, two scalars."""
    users, items, reviews, ratings = batch
    out, close, far, embed_u, embed_i, mean = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    penalty = (embed_u.square().sum() + embed_i.square().sum()) / len(ratings)
    loss = mse + text_weight * loss_func(close, far) + l2 * penalty
    if not model.training:
        loss = mse
    return loss, mse
