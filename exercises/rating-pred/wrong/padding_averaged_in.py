# feedback: words [2, 3, 0, 0] with the mean [1.5, 1] | weights [1, -0.75] and bias 3 | by hand: 3 + 1·1.5 - 0.75·1 = 3.75 | The padding (word 0) counts
class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size)
        self.to_rating = nn.Linear(word_latent_size, 1)

    def forward(self, text):
        out = self.to_rating(self.text_emb(text)).squeeze(1)
        return out
