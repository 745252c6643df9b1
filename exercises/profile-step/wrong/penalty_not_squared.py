# feedback: another value than it should | word_weight · words + profile_weight · profile
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    return mse + 0.01 * sum(weight.sum() for weight in model.parameters()), mse
