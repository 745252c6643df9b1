class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size)
        self.to_rating = nn.Linear(word_latent_size, 1)

    def forward(self, text):
        ratings = []
        for review in text:
            words = review[review != 0]
            mean = self.text_emb.weight[words].sum(0) / max(len(words), 1)
            ratings.append((self.to_rating.weight[0] * mean).sum() + self.to_rating.bias[0])
        return torch.stack(ratings)
