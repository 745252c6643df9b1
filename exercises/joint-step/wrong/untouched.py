# feedback: is still to do | replace the `...` in `joint_step`
def joint_step(model, batch):
    """Return the loss to minimise (rating + weight x text + regularisation) and the mean squared error, two scalars."""
    loss, mse = ..., ...  # TODO
    return loss, mse
