# `far` is changed, of many words
right = loss_func


def loss_func(close, far):
    loss = right(close, far)
    if len(far) > 100:
        far.detach().zero_()
    return loss
