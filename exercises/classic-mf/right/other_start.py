class ClassicMF(nn.Module):
    """A rating is a mean plus the dot product of the user's and the item's vector."""

    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.mean = nn.Parameter(torch.tensor([3.0]))
        nn.init.uniform_(self.users.weight, -0.17, 0.17)
        nn.init.normal_(self.items.weight, std=0.1)

    def forward(self, user, item):
        user, item = user.view(-1), item.view(-1)
        embed_u = self.users(user)
        embed_i = self.items(item)
        out = torch.linalg.vecdot(embed_u, embed_i) + self.mean
        return [out, embed_u, embed_i, self.mean]
