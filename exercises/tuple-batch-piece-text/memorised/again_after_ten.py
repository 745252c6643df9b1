# every tenth review draws the same positions
def tuple_batch_piece_text(batch, max_len=5):
    users, items, words, ratings = zip(*batch, strict=True)
    seeds = [random.random() for _ in range(10)]
    pieces = [random.Random(seeds[n % 10]).sample(r, min(max_len, len(r))) for n, r in enumerate(words)]
    reviews = torch.tensor([piece + [0] * (max_len - len(piece)) for piece in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
