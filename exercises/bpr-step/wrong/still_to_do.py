# feedback: is still to do | `bpr_step`
def bpr_step(model, batch):
    """Return the loss to minimise and the share of pairs in the wrong order, two scalars."""
    users, items, _, _ = batch
    loss, error = ..., ...
    return loss, error
