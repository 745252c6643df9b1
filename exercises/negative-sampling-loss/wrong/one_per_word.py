# feedback: shape (3,), expected () | average over them
def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = -(close + far)
    return loss
