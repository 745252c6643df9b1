# feedback: `profile_step` changes `model.users.weight` | Does it learn by itself, with the .step() of an optimiser? That is the part of the loop, `fit`.
def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items, reviews), ratings)
    loss = mse + word_weight * word_penalty(model, reviews) + profile_weight * profile_penalty(model, users, items)
    o = torch.optim.SGD(model.parameters(), lr=0.1)
    o.zero_grad()
    loss.backward()
    o.step()
    return loss, mse
