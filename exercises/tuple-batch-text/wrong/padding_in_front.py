# feedback: words come first, and then the zeros
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(len(review) for review in words)
    reviews = torch.tensor([[0] * (longest - len(review)) + review for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
