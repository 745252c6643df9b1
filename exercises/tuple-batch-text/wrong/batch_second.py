# feedback: here it is the other way | shape (4, 3), expected (3, 4)
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    reviews = nn.utils.rnn.pad_sequence([torch.tensor(review) for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
