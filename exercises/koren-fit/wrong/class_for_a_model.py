# feedback: AttributeError: type object 'KorenMF' has no attribute 'gmean' | A class was given in place of a model: make one of it first, with its sizes in parentheses: KorenMF(...).
def train_koren():
    """Return a trained KorenMF and its history."""
    koren = KorenMF
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    history = fit(koren, mf_step, train_loader, val_loader)
    return koren, history
