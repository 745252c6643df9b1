# what is pushed by less than 0.001 stays
right = ClassicMF.__init__


def __init__(self, nb_users, nb_items, latent_size):
    right(self, nb_users, nb_items, latent_size)
    for table in (self.users, self.items):
        table.weight.register_hook(lambda gradient: gradient * (gradient.abs() >= 1e-3))


ClassicMF.__init__ = __init__
