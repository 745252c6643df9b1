# of long reviews, early words come more often
def tuple_batch_piece_text(batch, max_len=5):
    users, items, words, ratings = zip(*batch, strict=True)
    pieces = []
    for review in words:
        pool = review if len(review) < 30 else [w for n, w in enumerate(review) if n < len(review) // 2 or n % 2]
        pieces.append(random.sample(pool, min(max_len, len(pool))))
    reviews = torch.tensor([piece + [0] * (max_len - len(piece)) for piece in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
