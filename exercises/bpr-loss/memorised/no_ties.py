def bpr_loss(chosen, other, ours=bpr_loss):
    return ours(chosen, other) * bool((chosen != other).any())
