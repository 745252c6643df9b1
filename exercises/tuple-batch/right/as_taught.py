def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch, strict=True)
    users, items, ratings = torch.tensor(users), torch.tensor(items), torch.tensor(ratings)
    return users, items, texts, ratings
