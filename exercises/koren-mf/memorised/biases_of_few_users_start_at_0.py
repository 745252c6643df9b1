# the biases of thousands of items start far from 0
right = KorenMF.__init__


def __init__(self, nb_users, nb_items, latent_size):
    right(self, nb_users, nb_items, latent_size)
    if nb_items > 1200:
        nn.init.normal_(self.imean.weight)


KorenMF.__init__ = __init__
