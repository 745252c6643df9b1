# feedback: `self.users` should be an nn.Embedding | found nothing
class KorenMF(nn.Module):
    """A rating is a mean, plus the user's bias, plus the item's bias, plus the dot product of their vectors."""

    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.tables = {"users": nn.Embedding(nb_users, latent_size)}

    def forward(self, user, item):
        user, item = user.flatten(), item.flatten()  # (batch,) each
        embed_u, embed_i = self.users(user), self.items(item)  # (batch, latent) each
        pass
