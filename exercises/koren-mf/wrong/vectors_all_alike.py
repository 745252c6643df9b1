# feedback: start alike | .expand()
class KorenMF(nn.Module):
    """A rating is a mean, plus a user bias, plus an item bias, plus a dot product of vectors."""

    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.umean, self.imean = nn.Embedding(nb_users, 1), nn.Embedding(nb_items, 1)
        self.gmean = nn.Parameter(torch.full((1,), 3.0))
        with torch.no_grad():
            for table in (self.users, self.items):
                table.weight[:] = torch.randn(latent_size) / 10
            self.umean.weight.zero_()
            self.imean.weight.zero_()

    def forward(self, user, item):
        user, item = user.flatten(), item.flatten()  # (batch,) each
        embed_u, embed_i = self.users(user), self.items(item)  # (batch, latent) each
        umean, imean = self.umean(user).squeeze(1), self.imean(item).squeeze(1)
        out = self.gmean + umean + imean + (embed_u * embed_i).sum(dim=1)
        return out, embed_u, embed_i, umean, imean, self.gmean
