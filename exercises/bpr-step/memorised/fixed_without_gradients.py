def bpr_step(model, batch, ours=bpr_step):
    if torch.is_grad_enabled():
        return ours(model, batch)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(len(batch[0]))
        return ours(model, batch)
