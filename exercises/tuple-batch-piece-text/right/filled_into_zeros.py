def tuple_batch_piece_text(batch, max_len=5):
    """Collate encoded reviews, of each `max_len` words drawn at random, padded with 0 where there are fewer."""
    users, items, words, ratings = zip(*batch, strict=True)
    reviews = torch.zeros(len(batch), max_len, dtype=torch.long)
    for row, review in zip(reviews, words):
        drawn = random.sample(review, min(max_len, len(review)))
        row[: len(drawn)] = torch.tensor(drawn)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
