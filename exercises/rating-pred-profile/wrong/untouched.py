# feedback: is still to do | replace the `...` of `self.users` in `RatingPredProfile.__init__`
class RatingPredProfile(nn.Module):
    """A rating from the user, the item and the words."""

    def __init__(self, nb_users, nb_items, dic_size, latent_size):
        super().__init__()
        self.users, self.items = ..., ...  # TODO: Embedding
        self.text_emb = ...  # TODO: EmbeddingBag, as before
        self.to_rating = ...  # TODO: Linear, 3 * latent_size -> 1

    def forward(self, user, item, text):
        user, item = user.flatten(), item.flatten()  # (batch,) each
        out = ...  # TODO: (batch,), from user, item and text in this order
        return out
