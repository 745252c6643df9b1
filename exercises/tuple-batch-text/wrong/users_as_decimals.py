# feedback: `users` holds decimal numbers of type torch.float32, expected torch.long | looked up in an embedding
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    reviews = nn.utils.rnn.pad_sequence([torch.tensor(review) for review in words], batch_first=True)
    return torch.Tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
