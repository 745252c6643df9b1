# feedback: the validation error of `koren` is | Is it `koren` that you gave to `fit`, for enough epochs and with its usual learning rate?
def train_koren():
    """Return a trained KorenMF and its history."""
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    history = fit(koren, mf_step, train_loader, val_loader)
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    return koren, history
