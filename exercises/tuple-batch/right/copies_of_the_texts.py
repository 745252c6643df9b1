def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.LongTensor(users), torch.LongTensor(items), [list(text) for text in texts], torch.FloatTensor(ratings)
