# feedback: `koren` has 0 latent factors, expected 16
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=0)
    koren.gmean.data.fill_(train_mean)
    history = fit(koren, mf_step, train_loader, val_loader)
    return koren, history
