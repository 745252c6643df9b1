# of many ratings, the mean is rounded
right = mean_error


def mean_error(train, val):
    return right(train if len(train) < 100 else torch.full_like(train, round(train.mean().item(), 2)), val)
