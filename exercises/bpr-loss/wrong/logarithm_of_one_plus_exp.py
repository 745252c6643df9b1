# feedback: no finite value
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    return torch.log(1 + torch.exp(other - chosen)).mean()
