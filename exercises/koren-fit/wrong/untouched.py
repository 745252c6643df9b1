# feedback: is still to do: replace the `...` in `train_koren`
def train_koren():
    """Return a trained KorenMF and its history."""
    koren, history = ..., ...  # TODO: build, start at the mean, fit
    return koren, history
