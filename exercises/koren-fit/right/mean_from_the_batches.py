def train_koren():
    ratings = torch.cat([ratings for _, _, _, ratings in train_loader])
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    nn.init.constant_(koren.gmean, ratings.mean().item())
    history = fit(koren, mf_step, train_loader, val_loader, patience=5)
    return koren, history
