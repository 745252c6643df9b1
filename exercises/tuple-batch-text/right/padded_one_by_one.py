def tuple_batch_text(batch):
    users, items, words, ratings = zip(*batch)
    longest = max(map(len, words))
    reviews = torch.stack([F.pad(torch.tensor(w), (0, longest - len(w))) for w in words])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
