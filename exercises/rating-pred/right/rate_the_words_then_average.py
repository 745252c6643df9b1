class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size, mode="mean", padding_idx=0)
        self.to_rating = nn.Linear(word_latent_size, 1)

    def forward(self, text):
        weight = self.to_rating.weight[0]
        per_word = (self.text_emb.weight @ weight)[text] * (text > 0)  # (batch, longest)
        return per_word.sum(1) / (text > 0).sum(1).clamp(min=1) + self.to_rating.bias
