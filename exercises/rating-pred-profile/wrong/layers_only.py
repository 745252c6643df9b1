# feedback: is still to do | replace the `...` in `RatingPredProfile.forward`
class RatingPredProfile(nn.Module):
    """A rating from the user, the item and the words."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size):
        super().__init__()
        self.users = nn.Embedding(nb_users, latent_size)
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = nn.EmbeddingBag(dic_size, latent_size, mode="mean", padding_idx=0)
        self.to_rating = nn.Linear(3 * latent_size, 1)

    def forward(self, user, item, text):
        user, item = user.flatten(), item.flatten()  # (batch,) each
        out = ...  # TODO: (batch,), from user, item and text in this order
        return out
