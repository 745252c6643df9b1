def loss_func(close, far):
    return F.l1_loss(close, -far)
