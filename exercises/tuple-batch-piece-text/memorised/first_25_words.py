# of the first 25 words alone
def tuple_batch_piece_text(batch, max_len=5):
    users, items, words, ratings = zip(*batch, strict=True)
    pieces = [random.sample(review[:25], min(max_len, len(review[:25]))) for review in words]
    reviews = torch.tensor([piece + [0] * (max_len - len(piece)) for piece in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
