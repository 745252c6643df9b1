# feedback: start alike | one number
class KorenMF(nn.Module):
    """A rating is a mean, plus a user bias, plus an item bias, plus a dot product of vectors."""

    def __init__(self, nb_users, nb_items, latent_size):
        super().__init__()
        self.users = nn.Embedding.from_pretrained(torch.randn(nb_users, 1).repeat(1, latent_size) / 10, freeze=False)
        self.items = nn.Embedding.from_pretrained(torch.randn(nb_items, 1).repeat(1, latent_size) / 10, freeze=False)
        self.umean = nn.Embedding.from_pretrained(torch.zeros(nb_users, 1), freeze=False)
        self.imean = nn.Embedding.from_pretrained(torch.zeros(nb_items, 1), freeze=False)
        self.gmean = nn.Parameter(3 * torch.ones(1))

    def forward(self, user, item):
        user, item = user.flatten(), item.flatten()  # (batch,) each
        embed_u, embed_i = self.users(user), self.items(item)  # (batch, latent) each
        umean, imean = self.umean(user).squeeze(1), self.imean(item).squeeze(1)
        out = self.gmean + umean + imean + (embed_u * embed_i).sum(dim=1)
        return out, embed_u, embed_i, umean, imean, self.gmean
