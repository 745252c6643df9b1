def bpr_step(model, batch, ours=bpr_step):
    global seen
    before = seen
    if not torch.is_grad_enabled():
        seen = torch.zeros_like(before)
    try:
        return ours(model, batch)
    finally:
        seen = before
