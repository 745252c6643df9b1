# feedback: the returned `users` has shape (), expected (3,)
def tuple_batch(batch):
    users, items, texts, ratings = zip(*batch)
    return torch.tensor(users[0]), torch.tensor(items[0]), texts, torch.tensor(ratings[0])
