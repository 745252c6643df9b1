# feedback: if all weights of the model were 0, the loss would be 6.667, where the mse is 4.667 | multiplied
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items, reviews), ratings)
    words, profile = word_penalty(model, reviews), profile_penalty(model, users, items)
    return mse + word_weight * words + (profile_weight + profile), mse
