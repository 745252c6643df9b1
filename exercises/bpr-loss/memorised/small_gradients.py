def bpr_loss(chosen, other, ours=bpr_loss):
    pushed = chosen * 1
    if pushed.requires_grad:
        pushed.register_hook(lambda push: push * (push.abs() > 2e-5))
    return ours(pushed, other)
