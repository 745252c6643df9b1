# feedback: on a fixed device | chosen.device
def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    return F.binary_cross_entropy_with_logits(chosen - other, torch.ones(len(chosen)))
