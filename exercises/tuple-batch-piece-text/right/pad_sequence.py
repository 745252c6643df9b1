def tuple_batch_piece_text(batch, max_len=5):
    """Collate encoded reviews, of each `max_len` words drawn at random, padded with 0 where there are fewer."""
    users, items, words, ratings = zip(*batch, strict=True)
    from torch.nn.utils.rnn import pad_sequence

    pieces = [torch.tensor(random.sample(review, min(max_len, len(review)))) for review in words]
    room = torch.zeros(max_len, dtype=torch.long)
    reviews = pad_sequence([*pieces, room], batch_first=True)[:-1]
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
