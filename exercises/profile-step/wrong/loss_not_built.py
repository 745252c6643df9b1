# feedback: your code stopped | One True or False is wanted here, not a tensor of them: use & and
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = nn.MSELoss(model(users, items, reviews), ratings)
    loss = mse + word_weight * word_penalty(model, reviews) + profile_weight * profile_penalty(model, users, items)
    return loss, mse
