# feedback: `gmean` starts at 3 | `train_mean`
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    fit(koren, mf_step, train_loader, val_loader, epochs=100, lr=0.03)
    history = fit(koren, mf_step, train_loader, val_loader, lr=0.01)
    return koren, history
