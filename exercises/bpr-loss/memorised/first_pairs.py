def bpr_loss(chosen, other, ours=bpr_loss):
    return ours(chosen[:1800], other[:1800])
