# feedback: TypeError | missing 1 required positional argument: 'latent_size' | in train_koren, line 3
def train_koren():
    koren = KorenMF(nb_users, nb_items)
    koren.gmean.data.fill_(train_mean)
    return koren, fit(koren, mf_step, train_loader, val_loader)
