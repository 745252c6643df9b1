class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        vectors = torch.randn(dic_size, word_latent_size) / 10
        self.text_emb = nn.EmbeddingBag.from_pretrained(vectors, freeze=False, padding_idx=0)
        self.to_rating = nn.Linear(in_features=word_latent_size, out_features=1)

    def forward(self, text):
        out = self.to_rating(self.text_emb(text)).squeeze(1)
        return out
