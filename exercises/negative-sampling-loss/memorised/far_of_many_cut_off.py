# of 9,000 words and more, `far` learns nothing
def loss_func(close, far):
    return -(close + (far if len(far) < 9_000 else far.detach())).mean()
