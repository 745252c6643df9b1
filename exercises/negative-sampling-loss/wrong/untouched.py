# feedback: is still to do | replace the `...` in `loss_func`
def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = ...  # TODO
    return loss
