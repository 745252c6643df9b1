# feedback: That is the sum, its sign turned as well
def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = close.sum() + far.sum()
    return loss
