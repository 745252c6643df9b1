# feedback: on average 66.67
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    return -torch.log(torch.sigmoid(chosen - other).clamp(min=1e-8)).mean()
