# the vectors of thousands of users start ten times too long
right = KorenMF.__init__


def __init__(self, nb_users, nb_items, latent_size):
    right(self, nb_users, nb_items, latent_size)
    if nb_users > 3000:
        self.users.weight.data *= 10


KorenMF.__init__ = __init__
