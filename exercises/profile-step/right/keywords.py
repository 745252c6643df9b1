def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    errors = model(user=users, item=items, text=reviews).sub(ratings)
    return errors.square().sum().div(errors.shape[0]), errors.square().mean()
