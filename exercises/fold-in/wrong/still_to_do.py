# feedback: is still to do | `fold_in`
def fold_in(model, items, ratings):
    """Return the vector (latent,) and the bias, one number, of somebody who gave these ratings."""
    vector, bias = ..., ...
    return vector, bias
