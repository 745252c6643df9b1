# feedback: on average 66.67
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    return F.softplus((other - chosen).clamp(max=30)).mean()
