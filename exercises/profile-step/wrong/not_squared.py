# feedback: Are the errors squared?
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = (out - ratings).mean()
    return mse, mse
