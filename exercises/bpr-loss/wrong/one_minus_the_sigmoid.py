# feedback: Is the logarithm missing?
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    return (1 - torch.sigmoid(chosen - other)).mean()
