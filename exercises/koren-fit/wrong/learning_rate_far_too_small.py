# feedback: validation error of `koren` | not below that of ClassicMF
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    koren.gmean.data.fill_(train_mean)
    history = fit(koren, mf_step, train_loader, val_loader, lr=1e-5)
    return koren, history
