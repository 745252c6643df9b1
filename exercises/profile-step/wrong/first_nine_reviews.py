# feedback: the returned `mse` has the right shape, but 1 of 1 value differs | For a batch of 64 reviews it should be
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = (part[:9] for part in batch)
    mse = F.mse_loss(model(users, items, reviews), ratings)
    loss = mse + word_weight * word_penalty(model, reviews) + profile_weight * profile_penalty(model, users, items)
    return loss, mse
