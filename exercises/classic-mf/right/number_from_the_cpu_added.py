class ClassicMF(nn.Module):
    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.mean = nn.Parameter(torch.full((1,), 3.0))
        nn.init.normal_(self.users.weight, std=0.1)
        nn.init.normal_(self.items.weight, std=0.1)

    def forward(self, user, item):
        user, item = user.flatten(), item.flatten()
        embed_u, embed_i = self.users(user), self.items(item)
        out = torch.tensor(0.0)
        for d in range(embed_u.shape[1]):
            out = out + embed_u[:, d] * embed_i[:, d]
        out = out + self.mean
        return out, embed_u, embed_i, self.mean
