def mean_error(train, val):
    guess = train.mean()
    errors = val - guess
    return (errors**2).mean()
