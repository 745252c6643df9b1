# feedback: shape (3, 10), expected (3, 4) | the longest has 4 words
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = 10
    reviews = torch.tensor([review + [0] * (longest - len(review)) for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
