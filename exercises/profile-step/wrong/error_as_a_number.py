# feedback: `mse` is of type float, expected a tensor of shape ()
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    loss = F.mse_loss(out, ratings)
    return loss, loss.item()
