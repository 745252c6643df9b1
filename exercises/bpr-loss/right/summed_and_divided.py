def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    costs = F.logsigmoid(chosen - other)
    return costs.sum() / -len(costs)
