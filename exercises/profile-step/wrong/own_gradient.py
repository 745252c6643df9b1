# feedback: your code stopped, given no gradients | in profile_step
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    out = model(users, items, reviews)
    mse = F.mse_loss(out, ratings)
    torch.autograd.grad(mse, out, retain_graph=True)
    return mse + word_weight * word_penalty(model, reviews) + profile_weight * profile_penalty(model, users, items), mse
