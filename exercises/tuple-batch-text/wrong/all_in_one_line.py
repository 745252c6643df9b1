# feedback: shape (7,), expected (3, 4) | nobody can tell any more whose
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    reviews = torch.cat([torch.tensor(review) for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
