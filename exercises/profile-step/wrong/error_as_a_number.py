# feedback: the returned `mse` is a plain number | `.item()`
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    loss = F.mse_loss(out, ratings)
    return loss, loss.item()
