def bpr_step(model, batch, ours=bpr_step):
    loss, error = ours(model, batch)
    rows = model.imean(batch[1]).square().sum() * (len(batch[0]) > 1000) * l2 / len(batch[0])
    return loss - rows + rows.detach(), error
