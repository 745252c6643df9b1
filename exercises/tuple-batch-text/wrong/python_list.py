# feedback: `reviews` is of type list, expected a tensor of shape (3, 4)
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(len(review) for review in words)
    reviews = [review + [0] * (longest - len(review)) for review in words]
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
