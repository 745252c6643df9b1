class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size, mode="mean", padding_idx=0)
        self.to_rating = nn.Linear(word_latent_size, 1)

    def forward(self, text):
        is_word = text != 0
        lengths = is_word.sum(dim=1)
        offsets = lengths.cumsum(dim=0) - lengths
        bags = self.text_emb(text[is_word], offsets)  # (batch, word_latent)
        return self.to_rating(bags).reshape(-1)
