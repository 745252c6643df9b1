# feedback: Each word counts as often as it is there
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(len(review) for review in words)
    bags = [sorted(set(review)) for review in words]
    reviews = torch.tensor([bag + [0] * (longest - len(bag)) for bag in bags])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
