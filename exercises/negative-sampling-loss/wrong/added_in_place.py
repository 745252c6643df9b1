# feedback: `loss_func` changes `close` or `far` in place, by an operation such as += or .add_()
def loss_func(close, far):
    close += far
    return -close.mean()
