# feedback: shape (3, 5), expected (3, 3) | max_len is 3, not 5
def tuple_batch_piece_text(batch, max_len=5):
    """Collate encoded reviews, of each `max_len` words drawn at random, padded with 0 where there are fewer."""
    users, items, words, ratings = zip(*batch, strict=True)
    pieces = [random.sample(review, min(5, len(review))) for review in words]
    reviews = torch.tensor([piece + [0] * (5 - len(piece)) for piece in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
