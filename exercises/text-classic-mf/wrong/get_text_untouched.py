# feedback: is still to do | replace the `...` in `TextClassicMF.get_text`
class TextClassicMF(nn.Module):
    """ClassicMF whose item vectors also say, through a linear layer, which words are near."""

    compare = TextItem.compare  # given: the same comparison as in your TextItem

    def __init__(self, nb_users, nb_items, dic_size, latent_size, word_latent_size):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = nn.Embedding(dic_size, word_latent_size, padding_idx=0)
        self.mean = nn.Parameter(torch.full((1,), 3.0))
        nn.init.normal_(self.users.weight, std=0.1)
        nn.init.normal_(self.items.weight, std=0.1)
        self.to_text = nn.Linear(latent_size, word_latent_size)

    def forward(self, user, item, text):
        user, item = user.flatten(), item.flatten()
        embed_u, embed_i = self.users(user), self.items(item)
        out = self.mean + (embed_u * embed_i).sum(dim=1)
        close, far = self.compare(self.to_text(embed_i), text)
        return out, close, far, embed_u, embed_i, self.mean

    def get_text(self, user, item):
        """Return where the item is among the words: (batch, word_latent)."""
        where = ...  # TODO
        return where
