def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    zero = torch.zeros_like(chosen)
    return torch.logaddexp(zero, other - chosen).mean()
