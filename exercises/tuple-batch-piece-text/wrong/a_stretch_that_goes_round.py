# feedback: come together more often | not a stretch
def tuple_batch_piece_text(batch, max_len=5):
    """Collate encoded reviews, of each `max_len` words drawn at random, padded with 0 where there are fewer."""
    users, items, words, ratings = zip(*batch, strict=True)
    pieces = []
    for review in words:
        start = random.randrange(len(review))
        pieces.append((review[start:] + review[:start])[:max_len])
    reviews = torch.tensor([piece + [0] * (max_len - len(piece)) for piece in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
