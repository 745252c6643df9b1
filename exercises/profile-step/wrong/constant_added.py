# feedback: the loss has another value than it should | The two penalties are what `word_penalty(model, reviews)` and `profile_penalty(model, users, items)` return.
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items, reviews), ratings)
    loss = (
        mse + 0.01 + word_weight * word_penalty(model, reviews) + profile_weight * profile_penalty(model, users, items)
    )
    return loss, mse
