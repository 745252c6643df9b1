# feedback: `mse` has the right shape | summed over the batch | by hand: (1² + (-2)² + 3²) / 3 = 4.667
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = F.mse_loss(out, ratings, reduction="sum")
    return mse, mse
