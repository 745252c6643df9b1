class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size, mode="sum", padding_idx=0)
        self.to_rating = nn.Linear(word_latent_size, 1)

    def forward(self, text):
        count = text.ne(0).sum(1, keepdim=True).clamp(min=1)
        return self.to_rating(self.text_emb(text) / count).flatten()
