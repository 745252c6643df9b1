def mean_error(train, val):
    guess = sum(train.tolist()) / len(train)
    return sum((rating - guess) ** 2 for rating in val.tolist()) / len(val)
