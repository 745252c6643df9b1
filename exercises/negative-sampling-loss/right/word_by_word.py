def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = 0
    for c, f in zip(close, far):
        loss = loss - (c + f) / len(close)
    return loss
