# feedback: user biases are still 0 | you gave to `fit`
def train_koren():
    """Return a trained KorenMF and its history."""
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    history = fit(ClassicMF(nb_users, nb_items, 16), mf_step, train_loader, val_loader)
    return koren, history
