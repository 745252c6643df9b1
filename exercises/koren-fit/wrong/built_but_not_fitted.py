# feedback: validation error of `koren` | not below that of | you gave to `fit`
def train_koren():
    koren, history = KorenMF(nb_users, nb_items, latent_size=16), ...
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    return koren, history
