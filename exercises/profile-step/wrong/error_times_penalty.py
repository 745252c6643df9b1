# feedback: the gradient that the loss sends to the predictions has the right shape, but 3 of 3 values differ | For errors [1, -2, 3] it should be 2 · error / 3: [0.6667, -1.333, 2]. It is
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items, reviews), ratings)
    loss = mse * (1 + word_weight * word_penalty(model, reviews)) + profile_weight * profile_penalty(
        model, users, items
    )
    return loss, mse
