# feedback: validation reviews | training reviews | train_loader
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    koren.gmean.data.fill_(train_mean)
    history = fit(koren, mf_step, val_loader, val_loader)
    return koren, history
