# feedback: TypeError: cannot assign 'float' | in train_koren, line 4: koren.gmean = train_mean | fill_
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    koren.gmean = train_mean
    return koren, fit(koren, mf_step, train_loader, val_loader)
