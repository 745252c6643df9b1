# feedback: is still to do | `bpr_loss`
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    loss = ...
    return loss
