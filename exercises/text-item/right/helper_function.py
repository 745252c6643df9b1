class TextItem(nn.Module):
    """An item's vector is close to the vectors of the words that are said about it."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size):
        super().__init__()
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = nn.Embedding(dic_size, latent_size, padding_idx=0)

    def compare(self, embed, text):
        """Return close, far: (N,) each, the log sigmoids for the N real words of `text` and for as many fake ones."""
        is_word = text != 0
        places = embed.repeat_interleave(is_word.sum(dim=1), dim=0)  # (N, latent)
        words = text[is_word]
        fakes = torch.empty_like(words).random_(2, self.text_emb.num_embeddings)
        close, far = self.agree(places, words, 1), self.agree(places, fakes, -1)
        return close, far

    def agree(self, places, words, sign):
        return F.logsigmoid(sign * F.cosine_similarity(places, self.text_emb(words), dim=-1))

    def forward(self, item, text):
        embed_i = self.items(item.flatten())  # (batch, latent)
        close, far = self.compare(embed_i, text)
        return embed_i, close, far

    def get_text(self, user, item):
        """Return the point among the words where the item is: (batch, latent). The user makes no difference here."""
        return self.items(item.flatten())
