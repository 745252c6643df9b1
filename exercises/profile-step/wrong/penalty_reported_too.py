# feedback: `mse` has the right shape | by hand
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = F.mse_loss(out, ratings) + 0.1 * model.items(items).square().sum()
    return mse, mse
