def tuple_batch_piece_text(batch, max_len=5):
    """Collate encoded reviews, of each `max_len` words drawn at random, padded with 0 where there are fewer."""
    users, items, words, ratings = zip(*batch, strict=True)
    rows = []
    for review in words:
        review = torch.tensor(review)
        piece = review[torch.randperm(len(review))[:max_len]]
        rows.append(F.pad(piece, (0, max_len - len(piece))))
    reviews = torch.stack(rows)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
