def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    both = torch.stack([other, chosen], dim=1)
    second = torch.ones(len(both), dtype=torch.long, device=both.device)
    return F.cross_entropy(both, second)
