def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    users = torch.tensor(users[:5])
    return users, torch.tensor(items[:5]), texts[:5], torch.tensor(ratings[:5])
