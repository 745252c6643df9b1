# feedback: the loss has another value than it should | A weight is typed in: read `profile_weight`, which a later cell changes.
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items, reviews), ratings)
    loss = mse + word_weight * word_penalty(model, reviews) + 2.0 * profile_penalty(model, users, items)
    return loss, mse
