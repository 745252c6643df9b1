# feedback: changes the reviews it is given | in place
def tuple_batch_text(batch):
    """Collate encoded reviews: users (B,), items (B,), reviews (B, L) padded with 0, ratings (B,)."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(len(review) for review in words)
    for review in words:
        review += [0] * (longest - len(review))
    reviews = torch.tensor(words)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
