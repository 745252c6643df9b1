# feedback: That is half
def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = -torch.cat([close, far]).mean()
    return loss
