def loss_func(close, far):
    return -(close + far)[:5_000].mean()
