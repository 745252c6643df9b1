class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.to_rating = nn.Linear(word_latent_size, 1, bias=True)
        self.text_emb = nn.EmbeddingBag(num_embeddings=dic_size, embedding_dim=word_latent_size, padding_idx=0)

    def forward(self, text):
        return torch.squeeze(self.to_rating(self.read(text)), dim=-1)

    def read(self, text):
        """Return the average word of each review: (batch, word_latent)."""
        return self.text_emb(text)
