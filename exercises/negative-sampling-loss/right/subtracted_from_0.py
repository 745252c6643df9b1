def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = 0 - sum(close + far) / close.shape[0]
    return loss
