class RatingPredProfile(nn.Module):
    """A rating from the user, the item and the words."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = nn.EmbeddingBag(dic_size, latent_size)
        self.to_rating = nn.Linear(3 * latent_size, 1)

    def forward(self, user, item, text):
        user, item = user.flatten(), item.flatten()  # (batch,) each
        is_word = text != 0
        words = F.embedding(text, self.text_emb.weight).masked_fill(~is_word[..., None], 0).sum(1)
        words = words / is_word.sum(1, keepdim=True).clamp(min=1)
        return (
            torch.einsum(
                "d,bd->b", self.to_rating.weight[0], torch.cat((self.users(user), self.items(item), words), -1)
            )
            + self.to_rating.bias
        )
