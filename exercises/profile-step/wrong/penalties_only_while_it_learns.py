# feedback: in eval mode and without gradients, `profile_step` returns another `loss` than while it learns
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items, reviews), ratings)
    loss = mse + word_weight * word_penalty(model, reviews) + profile_weight * profile_penalty(model, users, items)
    if not model.training:
        loss = mse
    return loss, mse
