# feedback: is still to do | replace the `...` of `self.text_emb` in `RatingPred.__init__`
class RatingPred(nn.Module):
    """A rating from the words of its review: the mean of their vectors, and a linear layer."""

    def __init__(self, dic_size, word_latent_size):
        super().__init__()
        self.text_emb = ...  # TODO: EmbeddingBag, averages and ignores padding
        self.to_rating = ...  # TODO: Linear, word_latent_size -> 1

    def forward(self, text):
        out = ...  # TODO: (batch,)
        return out
