def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    difference = ratings - out
    mse = difference @ difference / difference.numel()
    penalties = word_penalty(model, reviews), profile_penalty(model, users, items)
    return mse + word_weight * penalties[0] + profile_weight * penalties[1], mse.clone()
