def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    difference = other - chosen
    larger = torch.maximum(difference, torch.zeros_like(difference))
    costs = larger + torch.log(torch.exp(-larger) + torch.exp(difference - larger))
    return costs.mean()
