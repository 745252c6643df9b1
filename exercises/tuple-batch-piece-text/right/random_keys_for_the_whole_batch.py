def tuple_batch_piece_text(batch, max_len=5):
    """Collate encoded reviews, of each `max_len` words drawn at random, padded with 0 where there are fewer."""
    users, items, words, ratings = zip(*batch, strict=True)
    longest = max(max_len, max(map(len, words)))
    padded = torch.tensor([review + [0] * (longest - len(review)) for review in words])
    keys = torch.rand(padded.shape).masked_fill(padded == 0, -1)
    reviews = padded.gather(1, keys.topk(max_len, dim=1).indices)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
