# feedback: validation error of `koren` | not below
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    other = KorenMF(nb_users, nb_items, latent_size=16)
    other.gmean.data.fill_(train_mean)
    history = fit(other, mf_step, train_loader, val_loader)
    return koren, history
