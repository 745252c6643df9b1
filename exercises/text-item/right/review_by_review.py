class TextItem(nn.Module):
    """An item's vector is close to the vectors of the words that are said about it."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size):
        super().__init__()
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = nn.Embedding(dic_size, latent_size, padding_idx=0)

    def compare(self, embed, text):
        """Return close, far: (N,) each, the log sigmoids for the N real words of `text` and for as many fake ones."""
        last = self.text_emb.weight.shape[0] - 1
        close, far = [], []
        for vector, review in zip(embed, text):
            words = review[review != 0]
            fakes = torch.tensor([random.randint(2, last) for _ in words], dtype=torch.long, device=text.device)
            for ids, sign, terms in [(words, 1, close), (fakes, -1, far)]:
                vectors = self.text_emb(ids)
                terms.append(F.logsigmoid(sign * F.cosine_similarity(vector[None], vectors, dim=1)))
        close, far = torch.cat(close), torch.cat(far)
        return close, far

    def forward(self, item, text):
        embed_i = self.items(item.flatten())  # (batch, latent)
        close, far = self.compare(embed_i, text)
        return embed_i, close, far

    def get_text(self, user, item):
        """Return the point among the words where the item is: (batch, latent). The user makes no difference here."""
        return self.items(item.flatten())
