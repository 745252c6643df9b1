def train_koren():
    best = None
    for _ in range(3):
        koren = KorenMF(nb_users, nb_items, latent_size=16)
        koren.gmean.data.fill_(train_mean)
        history = fit(koren, mf_step, train_loader, val_loader)
        if best is None or min(history.val) < min(best[1].val):
            best = koren, history
    return best
