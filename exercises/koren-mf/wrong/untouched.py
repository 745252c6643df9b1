# feedback: is still to do | replace the `...` of `self.users` in `KorenMF.__init__`
class KorenMF(nn.Module):
    """A rating is a mean, plus the user's bias, plus the item's bias, plus the dot product of their vectors."""

    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.users, self.items = ..., ...  # TODO: Embedding, a vector per user and per item
        self.umean, self.imean = ..., ...  # TODO: Embedding, one number per user and per item
        self.gmean = ...  # TODO: Parameter, (1,)

    def forward(self, user, item):
        user, item = user.flatten(), item.flatten()  # (batch,) each
        embed_u, embed_i = self.users(user), self.items(item)  # (batch, latent) each
        umean, imean = ..., ...  # TODO: (batch,) each
        out = ...  # TODO: (batch,)
        return out, embed_u, embed_i, umean, imean, self.gmean
