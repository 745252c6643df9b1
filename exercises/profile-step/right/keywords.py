def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    errors = model(user=users, item=items, text=reviews).sub(ratings)
    words, profile = word_penalty(model, reviews=reviews), profile_penalty(model, users=users, items=items)
    loss = errors.square().sum().div(errors.shape[0]).add(words, alpha=word_weight).add(profile, alpha=profile_weight)
    return loss, errors.square().mean()
