# feedback: changes `chosen`
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    chosen -= other
    return -F.logsigmoid(chosen).mean()
