# feedback: of a review of 12 words, drawn 800 times with max_len 4, some words come more often than others:
def tuple_batch_piece_text(batch, max_len=5):
    users, items, words, ratings = zip(*batch)
    pieces = []
    for w in words:
        s = random.randint(0, max(0, len(w) - max_len))
        pieces.append(w[s : s + max_len])
    reviews = torch.tensor([p + [0] * (max_len - len(p)) for p in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
