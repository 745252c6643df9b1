class TextItem(nn.Module):
    """An item's vector is close to the vectors of the words that are said about it."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size):
        super().__init__()
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = nn.Embedding(dic_size, latent_size, padding_idx=0)

    def compare(self, embed, text):
        """Return close, far: (N,) each, the log sigmoids for the N real words of `text` and for as many fake ones."""

        def cosine(words):
            vectors = self.text_emb(words)
            dots = (vectors * embed[:, None, :]).sum(2)
            lengths = vectors.square().sum(2).sqrt() * embed.square().sum(1, keepdim=True).sqrt()
            return dots / lengths

        n = self.text_emb.num_embeddings
        real = torch.where(text == 0, 1, text)
        fake = (torch.rand(text.shape, device=text.device) * (n - 2)).long().clamp(max=n - 3) + 2
        is_word = text != 0
        close = -F.softplus(-cosine(real))[is_word]
        far = -F.softplus(cosine(fake))[is_word]
        return close, far

    def forward(self, item, text):
        embed_i = self.items(item.flatten())  # (batch, latent)
        close, far = self.compare(embed_i, text)
        return embed_i, close, far

    def get_text(self, user, item):
        """Return the point among the words where the item is: (batch, latent). The user makes no difference here."""
        return self.items(item.flatten())
