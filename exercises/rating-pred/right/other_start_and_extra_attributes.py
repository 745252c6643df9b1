class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size, mode="mean", padding_idx=0)
        self.to_rating = nn.Linear(word_latent_size, 1)
        self.latent = word_latent_size
        nn.init.normal_(self.text_emb.weight, std=0.01)
        nn.init.zeros_(self.to_rating.weight)
        nn.init.constant_(self.to_rating.bias, 4.2)

    def forward(self, text):
        out = self.to_rating(self.text_emb(text)).squeeze(1)
        return out
