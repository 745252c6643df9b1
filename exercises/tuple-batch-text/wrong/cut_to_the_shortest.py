# feedback: shape (3, 1), expected (3, 4) | shortest review
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    shortest = min(len(review) for review in words)
    reviews = torch.tensor([review[:shortest] for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
