# feedback: another value than it should
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = nn.MSELoss()(out, ratings)
    penalty = sum(weight.square().sum() for weight in model.parameters())
    return mse + 1e-4 * penalty, mse.detach()
