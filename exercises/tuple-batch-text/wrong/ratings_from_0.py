# feedback: `ratings` | each by exactly -1 | It should be the rating of each review: [5.0, 4.0, 1.0]
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    reviews = nn.utils.rnn.pad_sequence([torch.tensor(review) for review in words], batch_first=True)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings) - 1
