# feedback: row 0 should be [3, 0, 0, 0]; it is [3, -1, -1, -1] | padding is 0
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    reviews = nn.utils.rnn.pad_sequence([torch.tensor(review) for review in words], batch_first=True, padding_value=-1)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
