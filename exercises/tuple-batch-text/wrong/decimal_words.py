# feedback: `reviews` holds decimal numbers of type torch.float32, expected torch.long
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    reviews = torch.zeros(len(words), max(map(len, words)))
    for n, review in enumerate(words):
        reviews[n, : len(review)] = torch.tensor(review)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
