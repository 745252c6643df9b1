# feedback: reports | the mean squared error is
def train_koren():
    """Return a trained KorenMF and its history."""
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    history = fit(koren, lambda model, batch: (mf_step(model, batch)[0],) * 2, train_loader, val_loader)
    return koren, history
