# feedback: Is the sigmoid missing?
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    return (other - chosen).mean()
