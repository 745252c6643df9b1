# feedback: `self.users` is an Embedding( | , 16), expected Embedding( | One row per user
def train_koren():
    koren = KorenMF(nb_users + 1, nb_items + 1, latent_size=16)
    koren.gmean.data.fill_(train_mean)
    history = fit(koren, mf_step, train_loader, val_loader)
    return koren, history
