def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    both = torch.stack([chosen, other], dim=1)
    return -F.log_softmax(both, dim=1)[:, 0].mean()
