# feedback: of a review of 90 words, drawn 800 times with max_len 5, some words come more often than others:
def tuple_batch_piece_text(batch, max_len=5):
    users, items, words, ratings = zip(*batch)
    pieces = [random.sample(w[:25], min(max_len, len(w), 25)) for w in words]
    reviews = torch.tensor([p + [0] * (max_len - len(p)) for p in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
