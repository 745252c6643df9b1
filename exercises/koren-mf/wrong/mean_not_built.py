# feedback: is still to do | `...` of `self.gmean` in `KorenMF.__init__`
class KorenMF(nn.Module):
    """A rating is a mean, plus the user's bias, plus the item's bias, plus the dot product of their vectors."""

    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.umean = nn.Embedding(nb_users, 1)
        self.imean = nn.Embedding(nb_items, 1)
        self.gmean = ...
        for vectors in (self.users, self.items):
            nn.init.normal_(vectors.weight, std=0.1)
        for biases in (self.umean, self.imean):
            nn.init.zeros_(biases.weight)

    def forward(self, user, item):
        user, item = user.flatten(), item.flatten()  # (batch,) each
        embed_u, embed_i = self.users(user), self.items(item)  # (batch, latent) each
        umean, imean = self.umean(user).squeeze(1), self.imean(item).squeeze(1)
        out = self.gmean + umean + imean + (embed_u * embed_i).sum(dim=1)
        return out, embed_u, embed_i, umean, imean, self.gmean
