class KorenMF(nn.Module):
    """A rating is a mean, plus the user's bias, plus the item's bias, plus the dot product of their vectors."""

    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.latent_size = latent_size
        self.sizes = {"users": nb_users, "items": nb_items}
        self.gmean = nn.Parameter(torch.tensor([3.0]), requires_grad=True)
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.umean = nn.Embedding(nb_users, 1)
        self.imean = nn.Embedding(nb_items, 1)
        for table in (self.users, self.items):
            nn.init.uniform_(table.weight, -0.17, 0.17)
        for table in (self.umean, self.imean):
            nn.init.constant_(table.weight, 0.0)

    def forward(self, user, item):
        user, item = user.flatten(), item.flatten()  # (batch,) each
        embed_u, embed_i = self.users(user), self.items(item)  # (batch, latent) each
        umean, imean = self.umean(user).squeeze(1), self.imean(item).squeeze(1)
        out = self.gmean + umean + imean + (embed_u * embed_i).sum(dim=1)
        return out, embed_u, embed_i, umean, imean, self.gmean
