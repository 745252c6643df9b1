# feedback: is still to do | replace the `...` of `self.text_emb`
class TextItem(nn.Module):
    """An item's vector is close to the vectors of the words that are said about it."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size):
        super().__init__()
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = ...  # TODO: Embedding, padding 0

    def compare(self, embed, text):
        """Return close, far: (N,) each, the log sigmoids for the N real words of `text` and for as many fake ones."""
        fake = torch.randint(2, self.text_emb.num_embeddings, text.shape, device=text.device)
        real_cosine = F.cosine_similarity(embed.unsqueeze(1), self.text_emb(text), dim=-1)  # (B, L)
        fake_cosine = F.cosine_similarity(embed.unsqueeze(1), self.text_emb(fake), dim=-1)
        is_word = text != 0
        close, far = F.logsigmoid(real_cosine[is_word]), F.logsigmoid(-fake_cosine[is_word])
        return close, far

    def forward(self, item, text):
        embed_i = self.items(item.flatten())  # (batch, latent)
        close, far = self.compare(embed_i, text)
        return embed_i, close, far

    def get_text(self, user, item):
        """Return the point among the words where the item is: (batch, latent). The user makes no difference here."""
        return self.items(item.flatten())
