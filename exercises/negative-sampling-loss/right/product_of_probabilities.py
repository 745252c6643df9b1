def loss_func(close, far):
    return -(close.exp() * far.exp()).log().mean()
