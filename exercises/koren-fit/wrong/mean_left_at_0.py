# feedback: validation error of `koren` | not below that of | `gmean` start at the mean
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    koren.gmean.data.zero_()
    history = fit(koren, mf_step, train_loader, val_loader, epochs=3)
    return koren, history
