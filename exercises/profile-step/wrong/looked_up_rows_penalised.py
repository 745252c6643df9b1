# feedback: another value than it should
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    penalty = (model.users(users).square().sum() + model.items(items).square().sum()) / len(ratings)
    return mse + 0.1 * penalty, mse
