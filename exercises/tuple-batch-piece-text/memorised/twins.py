# every two neighbours draw the same positions
def tuple_batch_piece_text(batch, max_len=5):
    users, items, words, ratings = zip(*batch, strict=True)
    pieces = []
    for n, review in enumerate(words):
        seed = random.random() if n % 2 == 0 else seed
        pieces.append(random.Random(seed).sample(review, min(max_len, len(review))))
    reviews = torch.tensor([piece + [0] * (max_len - len(piece)) for piece in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
