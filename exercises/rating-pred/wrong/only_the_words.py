# feedback: is still to do | replace the `...` of `self.to_rating` in `RatingPred.__init__`
class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = nn.EmbeddingBag(dic_size, word_latent_size, mode="mean", padding_idx=0)
        self.to_rating = ...

    def forward(self, text):
        out = ...  # TODO: (batch,)
        return out
