# feedback: Are users and items swapped in the penalty on the profile?
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items, reviews), ratings)
    words, profile = word_penalty(model, reviews), profile_penalty(model, items, users)
    return mse + word_weight * words + profile_weight * profile, mse
