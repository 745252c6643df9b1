# feedback: called with 2 things | takes three: users, items and reviews, in this order
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items), ratings)
    return mse, mse
