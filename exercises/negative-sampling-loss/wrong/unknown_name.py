# feedback: your code stopped, given close and far | 'fake' is not defined
def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = -(close + fake).mean()
    return loss
