# feedback: the words cost [0.75, 1.75, 0.75], on average 1.083. You returned 2.017
def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = -close.mean() - far.sum()
    return loss
