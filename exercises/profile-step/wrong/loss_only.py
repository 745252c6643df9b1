# feedback: loss, mse: 2 values | a single Tensor
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    return F.mse_loss(out, ratings)
