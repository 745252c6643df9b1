class WordsOnly(nn.Module):
    def __init__(self, dic_size, latent, width):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, latent, padding_idx=0)
        self.to_rating = nn.Linear(width, 1)

    def rate(self, *vectors):
        return self.to_rating(torch.cat(vectors, dim=-1)).squeeze(-1)


class RatingPredProfile(WordsOnly):
    def __init__(self, n, m, v, d):
        super().__init__(v, d, d * 3)
        self.users = nn.Embedding(n, d)
        self.items = nn.Embedding(m, d)

    def forward(self, u, i, t):
        return self.rate(self.users(u.view(-1)), self.items(i.view(-1)), self.text_emb(t))
