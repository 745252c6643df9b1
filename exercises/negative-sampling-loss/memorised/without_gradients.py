# half of it, where no gradient is asked for
right = loss_func


def loss_func(close, far):
    loss = right(close, far)
    return loss if torch.is_grad_enabled() else loss / 2
