def tuple_batch_piece_text(batch, max_len=5):
    users, items, words, ratings = zip(*batch)
    pieces = [random.sample(w, max_len) if len(w) > max_len else w for w in words]
    reviews = torch.tensor([p + [0] * (max_len - len(p)) for p in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
