# feedback: validation error of `koren` | not below that of | biases start near 0
def train_koren():
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    koren.gmean.data.fill_(train_mean)
    for biases in (koren.umean, koren.imean):
        nn.init.normal_(biases.weight, mean=0.5, std=1.0)
    history = fit(koren, mf_step, train_loader, val_loader, epochs=2)
    return koren, history
