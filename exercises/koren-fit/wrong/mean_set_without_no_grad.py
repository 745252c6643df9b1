# feedback: RuntimeError | in train_koren, line 4: koren.gmean.fill_(train_mean) | with torch.no_grad():
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    koren.gmean.fill_(train_mean)
    return koren, fit(koren, mf_step, train_loader, val_loader)
