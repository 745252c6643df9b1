def loss_func(close, far):
    """Return the loss per word, a scalar: small where real words are close and fake ones far."""
    loss = -torch.stack([close, far]).sum(dim=0).mean()
    return loss
