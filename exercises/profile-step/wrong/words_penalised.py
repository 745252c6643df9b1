# feedback: another value than it should
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    vectors = model.text_emb(reviews)
    return [mse + 0.05 * vectors.pow(2).sum(1).mean() + 0.05 * model.to_rating.weight.pow(2).sum(), mse]
