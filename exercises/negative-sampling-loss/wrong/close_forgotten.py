# feedback: Does `close` have no part
def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = -far.mean()
    return loss
