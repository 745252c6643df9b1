# feedback: root of it
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    rmse = F.mse_loss(out, ratings).sqrt()
    return rmse, rmse
