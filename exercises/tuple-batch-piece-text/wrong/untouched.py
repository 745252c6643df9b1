# feedback: is still to do | replace the `...` in `tuple_batch_piece_text`
def tuple_batch_piece_text(batch, max_len=5):
    """Collate encoded reviews, of each `max_len` words drawn at random, padded with 0 where there are fewer."""
    users, items, words, ratings = zip(*batch, strict=True)
    reviews = ...  # TODO: (B, max_len)
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
