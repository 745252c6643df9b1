class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size)
        self.to_rating = nn.Linear(word_latent_size, 1)

    def forward(self, text):
        is_word = (text != 0).unsqueeze(-1).float()  # (batch, longest, 1)
        vectors = F.embedding(text, self.text_emb.weight)
        mean = (vectors * is_word).sum(dim=1) / is_word.sum(dim=1).clamp(min=1)
        return torch.einsum("bd,od->b", mean, self.to_rating.weight) + self.to_rating.bias
