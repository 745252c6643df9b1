# feedback: row 1 should be [2, 7, 4, 2]; it is [2, 4, 7, 2] | in the wrong direction
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(len(review) for review in words)
    reviews = torch.tensor([review[::-1] + [0] * (longest - len(review)) for review in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
