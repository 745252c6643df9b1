# feedback: Training diverged in epoch | Try a smaller learning rate
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    koren.gmean.data.fill_(float("inf"))
    history = fit(koren, mf_step, train_loader, val_loader)
    return koren, history
