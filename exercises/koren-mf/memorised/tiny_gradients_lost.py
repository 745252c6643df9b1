# what is pushed by less than 0.0005 stays
right = KorenMF.__init__


def __init__(self, nb_users, nb_items, latent_size):
    right(self, nb_users, nb_items, latent_size)
    self.items.weight.register_hook(lambda gradient: gradient * (gradient.abs() >= 5e-4))


KorenMF.__init__ = __init__
