# feedback: You returned
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    return -torch.log(torch.sigmoid(chosen - other) + 1e-10).mean()
