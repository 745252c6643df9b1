# feedback: `ratings` | the rating of each review: [5.0, 4.0, 1.0]
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(len(review) for review in words)
    reviews = torch.tensor([review + [0] * (longest - len(review)) for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.full((len(batch),), sum(ratings) / len(batch))
