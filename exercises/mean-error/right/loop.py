def mean_error(train, val):
    guess, total = train.mean(), 0.0
    for rating in val:
        total += (rating - guess) ** 2
    return total / len(val)
