def train_koren():
    def step(model, batch):
        users, items, _, ratings = batch
        out, embed_u, embed_i, umean, imean, _ = model(users, items)
        mse = (out - ratings).square().mean()
        penalty = embed_u.square().sum(1) + embed_i.square().sum(1) + umean.square() + imean.square()
        return mse + 0.3 * penalty.mean(), mse

    koren = KorenMF(nb_users, nb_items, latent_size=16)
    with torch.no_grad():
        koren.gmean.copy_(torch.tensor(train_mean))
    history = fit(koren, step, train_loader, val_loader)
    koren.eval()
    return koren, history
