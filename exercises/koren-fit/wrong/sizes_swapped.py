# feedback: `self.users` is an Embedding( | , 16), expected Embedding( | One row per user
def train_koren():
    koren = KorenMF(nb_items, nb_users, latent_size=16)
    koren.gmean.data.fill_(train_mean)
    return koren, ...
