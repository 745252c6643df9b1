# feedback: validation error of `koren` | not below that of
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    history = fit(koren, mf_step, train_loader, val_loader, epochs=1)
    history.train, history.val = [0.3, 0.2], [0.2, 0.1]
    return koren, history
