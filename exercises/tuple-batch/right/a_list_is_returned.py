def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return [torch.as_tensor(users), torch.as_tensor(items), list(texts), torch.as_tensor(ratings)]
