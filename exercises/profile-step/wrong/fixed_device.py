# feedback: fixed device | device=ratings.device
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = F.mse_loss(out, torch.tensor(ratings.tolist()))
    return mse + word_weight * word_penalty(model, reviews) + profile_weight * profile_penalty(model, users, items), mse
