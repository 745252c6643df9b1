class TextItem(nn.Module):
    """An item's vector is close to the vectors of the words that are said about it."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size):
        super().__init__()
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = nn.Embedding(dic_size, latent_size, padding_idx=0)

    def compare(self, embed, text):
        """Return close, far: (N,) each, the log sigmoids for the N real words of `text` and for as many fake ones."""
        fake = torch.randint(2, len(self.text_emb.weight), text.size()).to(text.device)
        both = F.normalize(self.text_emb(torch.cat([text, fake], dim=1)), dim=2)
        cosine = torch.bmm(both, F.normalize(embed, dim=1).unsqueeze(2)).squeeze(2)
        real, unreal = cosine.chunk(2, dim=1)
        close = torch.log(torch.sigmoid(real[text != 0]))
        far = torch.log(1 - torch.sigmoid(unreal[text != 0]))
        return close, far

    def forward(self, item, text):
        embed_i = self.items(item.flatten())  # (batch, latent)
        close, far = self.compare(embed_i, text)
        return embed_i, close, far

    def get_text(self, user, item):
        """Return the point among the words where the item is: (batch, latent). The user makes no difference here."""
        return self.items(item.flatten())
