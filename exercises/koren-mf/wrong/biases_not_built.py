# feedback: is still to do | `...` of `self.umean` in `KorenMF.__init__`
class KorenMF(nn.Module):
    """A rating is a mean, plus the user's bias, plus the item's bias, plus the dot product of their vectors."""

    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.umean, self.imean = ..., ...  # TODO: Embedding, one number per user and per item
        self.gmean = ...  # TODO: Parameter, (1,)

    def forward(self, user, item):
        user, item = user.flatten(), item.flatten()  # (batch,) each
        embed_u, embed_i = self.users(user), self.items(item)  # (batch, latent) each
        umean, imean = self.umean(user).squeeze(1), self.imean(item).squeeze(1)
        out = self.gmean + umean + imean + (embed_u * embed_i).sum(dim=1)
        return out, embed_u, embed_i, umean, imean, self.gmean
