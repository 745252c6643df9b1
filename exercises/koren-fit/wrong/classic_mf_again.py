# feedback: `koren` is a ClassicMF | expected a KorenMF
def train_koren():
    koren = ClassicMF(nb_users, nb_items, latent_size=16)
    with torch.no_grad():
        koren.mean.fill_(train_mean)
    history = fit(koren, mf_step, train_loader, val_loader)
    return koren, history
