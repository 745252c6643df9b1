# feedback: the history that `train_koren` returns is not that of its model: return what `fit` returned
def train_koren():
    """Return a trained KorenMF and its history."""
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    history = fit(koren, mf_step, train_loader, val_loader)
    return koren, [1, 2]
