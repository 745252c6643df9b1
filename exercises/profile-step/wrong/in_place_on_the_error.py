# feedback: the returned `mse` has the right shape, but 1 of 1 value differs | `loss` and `mse` are one and the same: does a += change both? Write loss = loss + ..., or mse + ...
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items, reviews), ratings)
    loss = mse
    loss += word_weight * word_penalty(model, reviews)
    loss += profile_weight * profile_penalty(model, users, items)
    return loss, mse
