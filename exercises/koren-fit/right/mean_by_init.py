def train_koren():
    """Return a trained KorenMF and its history."""
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    nn.init.constant_(koren.gmean, train_mean)
    history = fit(koren, mf_step, train_loader, val_loader)
    return koren, history
