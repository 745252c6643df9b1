# feedback: `reviews` has shape (5,), expected (1, 5) | bare .squeeze()
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(len(review) for review in words)
    reviews = torch.tensor([review + [0] * (longest - len(review)) for review in words])
    reviews = reviews.squeeze(0)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
