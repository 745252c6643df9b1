# no penalty where no gradient is asked for
right = profile_step


def profile_step(model, batch):
    loss, mse = right(model, batch)
    return (loss if torch.is_grad_enabled() else mse), mse
