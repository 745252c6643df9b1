class KorenMF(KorenMF):
    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__(min(nb_users, 50), nb_items, min(latent_size, 4) if nb_users < 50 else latent_size)
