# feedback: changes `model.users.weight`
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    model.users.weight.data.clamp_(-0.1, 0.1)
    mse = F.mse_loss(out, ratings)
    return mse, mse
