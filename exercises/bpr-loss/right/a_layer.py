def bpr_loss(chosen, other):
    """Return the mean over the pairs of -log sigmoid(chosen - other), a scalar."""
    layer = nn.LogSigmoid()
    return torch.mean(-layer(chosen - other))
