# feedback: bias of `self.to_rating` missing | each by exactly -3
class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size, mode="mean", padding_idx=0)
        self.to_rating = nn.Linear(word_latent_size, 1)

    def forward(self, text):
        return self.text_emb(text) @ self.to_rating.weight[0]
