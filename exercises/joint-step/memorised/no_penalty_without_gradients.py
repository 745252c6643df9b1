# the bare error where no gradient is asked for
right = joint_step


def joint_step(model, batch):
    loss, mse = right(model, batch)
    return (loss if torch.is_grad_enabled() else mse), mse
