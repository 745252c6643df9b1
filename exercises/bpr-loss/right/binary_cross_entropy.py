def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    difference = chosen - other
    return F.binary_cross_entropy_with_logits(difference, torch.ones_like(difference))
