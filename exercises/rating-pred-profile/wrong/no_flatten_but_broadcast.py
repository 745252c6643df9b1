# feedback: for ids of shape (4, 1) | flattens the ids
class RatingPredProfile(nn.Module):
    """A rating from the user, the item and the words."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = nn.EmbeddingBag(dic_size, latent_size, mode="mean", padding_idx=0)
        self.to_rating = nn.Linear(3 * latent_size, 1)

    def forward(self, user, item, text):
        weight_u, weight_i, weight_t = self.to_rating.weight[0].chunk(3)
        out = self.users(user) @ weight_u + self.items(item) @ weight_i + self.text_emb(text) @ weight_t
        return out + self.to_rating.bias
