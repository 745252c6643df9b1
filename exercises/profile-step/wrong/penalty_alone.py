# feedback: no gradient of the loss reaches the predictions
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    return model.users(users).square().sum(), F.mse_loss(out, ratings)
