def tuple_batch_piece_text(batch, max_len=5):
    """Collate encoded reviews, of each `max_len` words drawn at random, padded with 0 where there are fewer."""
    users, items, words, ratings = zip(*batch, strict=True)
    pieces = []
    for review in words:
        left, piece = review.copy(), []
        while left and len(piece) < max_len:
            piece.append(left.pop(random.randrange(len(left))))
        pieces.append(piece)
    reviews = torch.tensor([piece + [0] * (max_len - len(piece)) for piece in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
