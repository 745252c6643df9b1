# feedback: zeros stand before words | Words first, then zeros, as in 3.1
def tuple_batch_piece_text(batch, max_len=5):
    """Collate encoded reviews, of each `max_len` words drawn at random, padded with 0 where there are fewer."""
    users, items, words, ratings = zip(*batch, strict=True)
    pieces = [random.sample(review, min(max_len, len(review))) for review in words]
    reviews = torch.tensor([[0] * (max_len - len(piece)) + piece for piece in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
