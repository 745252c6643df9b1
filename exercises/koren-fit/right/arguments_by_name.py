def train_koren():
    """Return a trained KorenMF and its history."""
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    history = fit(model=koren, step=mf_step, train=train_loader, val=val_loader)
    return koren, history
