# no penalty in eval mode
right = profile_step


def profile_step(model, batch):
    loss, mse = right(model, batch)
    return (loss if model.training else mse), mse
