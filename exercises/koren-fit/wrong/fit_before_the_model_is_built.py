# feedback: `...` still stands
def train_koren():
    koren = ...
    history = fit(koren, mf_step, train_loader, val_loader)
    return koren, history
