# feedback: `koren.umean.weight` is frozen: its `requires_grad` is False, so that it could not learn
def train_koren():
    """Return a trained KorenMF and its history."""
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    koren.umean.weight.requires_grad_(False)
    history = fit(koren, mf_step, train_loader, val_loader)
    return koren, history
