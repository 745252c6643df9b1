# feedback: is still to do | replace the `...` in `ClassicMF.forward`
class ClassicMF(nn.Module):
    """A rating is a mean plus the dot product of the user's and the item's vector."""

    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.mean = nn.Parameter(torch.full((1,), 3.0))
        nn.init.normal_(self.users.weight, std=0.1)
        nn.init.normal_(self.items.weight, std=0.1)

    def forward(self, user, item):
        user, item = user.flatten(), item.flatten()  # (batch,) each
        embed_u, embed_i = self.users(user), self.items(item)  # (batch, latent) each
        out = ...  # TODO: (batch,)
        return out, embed_u, embed_i, self.mean
