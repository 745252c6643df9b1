# feedback: The padding (word 0) counts in your average | For words [2, 3, 0, 0] with the mean [3, 2], by hand: 3 + 1·3 - 1·2 = 4
class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size)
        self.to_rating = nn.Linear(word_latent_size, 1)

    def forward(self, text):
        out = self.to_rating(self.text_emb(text)).squeeze(1)
        return out
