# feedback: gradient | summed over the batch | learning rate
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    return F.mse_loss(out, ratings, reduction="sum"), F.mse_loss(out, ratings)
