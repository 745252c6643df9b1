# feedback: your code stopped | Two shapes do not fit together
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = ((out - reviews.float().T[:, :2]) ** 2).mean()
    return mse, mse
