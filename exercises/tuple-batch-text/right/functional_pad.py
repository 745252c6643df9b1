def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(map(len, words))
    reviews = torch.stack([F.pad(torch.tensor(review), (0, longest - len(review))) for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
