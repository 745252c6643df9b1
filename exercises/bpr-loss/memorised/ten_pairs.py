def bpr_loss(chosen, other, ours=bpr_loss):
    return ours(chosen[:40], other[:40])
