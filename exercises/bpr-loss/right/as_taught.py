def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    loss = -F.logsigmoid(chosen - other).mean()
    return loss
