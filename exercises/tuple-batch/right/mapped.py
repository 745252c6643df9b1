def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    users, items, ratings = map(torch.tensor, (users, items, ratings))
    return users, items, texts, ratings
