class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size, mode="mean", padding_idx=0)
        self.to_rating = nn.Linear(word_latent_size, 1)

    def average(self, text):
        counts = torch.zeros(len(text), self.text_emb.num_embeddings, device=text.device).scatter_add_(
            1, text, (text != 0).float()
        )
        return counts @ self.text_emb.weight / counts.sum(1, keepdim=True).clamp(min=1)

    def forward(self, text):
        out = self.to_rating(self.average(text)).squeeze(1)
        return out
