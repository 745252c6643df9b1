# feedback: the returned `mse` has shape (3,), expected () | mean over the batch
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = (out - ratings) ** 2
    return mse, mse
