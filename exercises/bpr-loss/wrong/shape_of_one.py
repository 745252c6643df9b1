# feedback: A scalar has no dimension
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    return -F.logsigmoid(chosen - other).mean(dim=0, keepdim=True)
