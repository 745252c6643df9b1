def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    users, items, reviews, ratings = batch
    squares = []
    for n in range(len(ratings)):
        out = model(users[n : n + 1], items[n : n + 1], reviews[n : n + 1])
        squares.append((out[0] - ratings[n]) ** 2)
    mse = sum(squares) / len(squares)
    return sum(
        [mse, word_weight * word_penalty(model, reviews), profile_weight * profile_penalty(model, users, items)]
    ), mse
