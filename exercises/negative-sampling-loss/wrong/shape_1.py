# feedback: shape (1,), expected ()
def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = -(close + far).mean(dim=0, keepdim=True)
    return loss
