# the first 100 words of a batch
right = loss_func


def loss_func(close, far):
    return right(close[:100], far[:100])
