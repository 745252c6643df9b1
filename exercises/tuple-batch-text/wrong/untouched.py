# feedback: is still to do | replace the `...` in `tuple_batch_text`
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    reviews = ...  # TODO: (B, L), padded with 0
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
