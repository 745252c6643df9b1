# feedback: These are zeros
def fold_in(model, items, ratings):
    """Return the vector (latent,) and the bias, one number, of somebody who gave these ratings."""
    return torch.zeros_like(model.items.weight[0]).detach(), 0.0
