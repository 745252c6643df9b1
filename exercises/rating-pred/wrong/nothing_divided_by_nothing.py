# feedback: review of padding only the bias remains | 0 divided by 0
class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size)
        self.to_rating = nn.Linear(word_latent_size, 1)

    def forward(self, text):
        is_word = (text != 0).float().unsqueeze(-1)
        vectors = F.embedding(text, self.text_emb.weight) * is_word
        return self.to_rating(vectors.sum(1) / is_word.sum(1)).squeeze(1)
