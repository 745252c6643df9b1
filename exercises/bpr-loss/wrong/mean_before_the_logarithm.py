# feedback: the logarithms that are averaged
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    return -torch.sigmoid(chosen - other).mean().log()
