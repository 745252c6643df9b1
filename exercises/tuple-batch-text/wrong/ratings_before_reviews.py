# feedback: the only table | value 4 of 4 | Return users, items, reviews, ratings, in this order
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    reviews = nn.utils.rnn.pad_sequence([torch.tensor(review) for review in words], batch_first=True)
    return torch.tensor(users), torch.tensor(items), torch.tensor(ratings), reviews
