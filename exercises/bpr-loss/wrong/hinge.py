# feedback: Is the sigmoid missing?
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    return F.relu(1 - (chosen - other)).mean()
