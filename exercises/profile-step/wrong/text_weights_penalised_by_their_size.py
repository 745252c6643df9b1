# feedback: another value than it should
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    size = model.text_emb.weight[1:].abs().mean() + model.to_rating.weight.norm()
    return mse.add(size, alpha=0.01), mse
