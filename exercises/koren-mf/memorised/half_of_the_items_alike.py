# of many items, each second one starts where the first does
right = KorenMF.__init__


def __init__(self, nb_users, nb_items, latent_size):
    right(self, nb_users, nb_items, latent_size)
    if nb_items > 100:
        self.items.weight.data[::2] = self.items.weight.data[0]


KorenMF.__init__ = __init__
