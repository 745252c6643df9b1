class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size)
        self.to_rating = nn.Linear(word_latent_size, 1)

    def forward(self, text):
        bags = F.embedding_bag(text, self.text_emb.weight, padding_idx=0, mode="mean")
        return F.linear(bags, self.to_rating.weight, self.to_rating.bias).view(len(text))
