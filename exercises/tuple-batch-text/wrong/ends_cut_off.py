# feedback: words of some reviews are cut off
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest, shortest = max(map(len, words)), min(map(len, words))
    reviews = torch.tensor([review[:shortest] + [0] * (longest - shortest) for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
