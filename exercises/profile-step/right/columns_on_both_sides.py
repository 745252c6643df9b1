def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users.unsqueeze(1), items.unsqueeze(1), reviews)
    mse = F.mse_loss(out.unsqueeze(1), ratings.unsqueeze(1))
    return mse + word_weight * word_penalty(model, reviews) + profile_weight * profile_penalty(model, users, items), mse
