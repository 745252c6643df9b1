def loss_func(close, far):
    return torch.mean(-close - far)
