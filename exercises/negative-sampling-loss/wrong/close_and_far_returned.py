# feedback: the loss is of type tuple
def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = -(close + far).mean()
    return loss, close
