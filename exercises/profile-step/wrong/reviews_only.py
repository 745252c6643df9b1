# feedback: the model was called with one thing; a RatingPredProfile takes three: users, items and reviews, in this order
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(reviews), ratings)
    loss = mse + word_weight * word_penalty(model, reviews) + profile_weight * profile_penalty(model, users, items)
    return loss, mse
