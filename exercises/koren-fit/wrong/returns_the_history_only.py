# feedback: TypeError: cannot unpack non-iterable History | koren, koren_history = train_koren()
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    koren.gmean.data.fill_(train_mean)
    return fit(koren, mf_step, train_loader, val_loader)
