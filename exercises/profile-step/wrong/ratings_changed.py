# feedback: changes the `ratings` of the batch
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    errors = ratings.sub_(out.detach())
    mse = F.mse_loss(out, out.detach() + errors)
    return mse, mse
