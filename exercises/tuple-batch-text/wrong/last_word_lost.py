# feedback: row 0 should be [3, 0, 0, 0]; it is [0, 0, 0, 0]
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(len(review) for review in words)
    reviews = torch.tensor([review[:-1] + [0] * (longest - len(review) + 1) for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
