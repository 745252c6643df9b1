def tuple_batch_piece_text(batch, max_len=5):
    users, items, words, ratings = zip(*batch)
    reviews = torch.zeros(len(batch), max_len, dtype=torch.long)
    for n, w in enumerate(words):
        k = min(max_len, len(w))
        reviews[n, :k] = torch.tensor(w)[torch.multinomial(torch.ones(len(w)), k)]
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
