# feedback: the model is given the items as its `user` | users, items and reviews
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(items, users, reviews), ratings)
    return mse, mse
